import { formatProblem, type WantedFormat } from './answer-format.ts'
import { answerTexts, choicesOf, isJsonObject } from './answer-texts.ts'
import { type AnswerGuards, applyEdits, createTextGate, type TextGate } from './text-gate.ts'

/** A chunk of a stream, as far as guards know it: the gateway's has more, which stays with it. */
export interface GuardedChunk {
  readonly data: string
  readonly textDelta: string
}

/**
 * The chunks of an answer, let through once nothing in them can be part of what is blocked or changed.
 *
 * States: open → ended, or → blocked. Chunks leave in the order in which they came, each as it came unless something in it
 * was changed. A chunk waits while one of its texts is not settled, and those behind it wait with it. What waits when
 * something is blocked never leaves.
 */
export interface StreamGuard<Chunk extends GuardedChunk> {
  /** @returns what may leave now; look at `isBlocked` afterwards */
  push(chunk: Chunk): Chunk[]
  end(): Chunk[]
  isBlocked(): boolean
}

interface Waiting<Chunk> {
  readonly chunk: Chunk
  readonly body: Record<string, unknown>
  readonly pieces: readonly {
    readonly channel: Channel
    readonly start: number
    readonly text: string
    set(text: string): void
  }[]
}

interface Channel {
  readonly gate: TextGate
  length: number
  settled: number
}

export function createStreamGuard<Chunk extends GuardedChunk>(
  guards: AnswerGuards,
  wanted: WantedFormat | undefined,
): StreamGuard<Chunk> {
  const channels = new Map<string, Channel>()
  const queue: Waiting<Chunk>[] = []
  const { policy, verdicts } = guards
  const checksFormat = wanted !== undefined && policy.answer.action !== 'off' && policy.answer.format
  // What an answer is cannot be told before its end.
  const holdsAll = checksFormat && policy.answer.action === 'block'
  let content = ''
  let callsTools = false
  const isBlocked = () =>
    verdicts.list().some(({ action, stage }) => action === 'block' && stage === 'output')

  function channelOf(path: string, isJson: boolean): Channel {
    const known = channels.get(path)
    if (known) return known
    const channel = { gate: createTextGate(guards, isJson), length: 0, settled: 0 }
    channels.set(path, channel)
    return channel
  }

  function release(): Chunk[] {
    const left: Chunk[] = []
    for (let head = queue[0]; head; head = queue[0]) {
      if (head.pieces.some(({ channel, start, text }) => start + text.length > channel.settled)) break
      queue.shift()
      left.push(rewritten(head))
    }
    return left
  }

  return {
    push(chunk) {
      const parsed: unknown = JSON.parse(chunk.data)
      const body = isJsonObject(parsed) ? parsed : {}
      const pieces = choicesOf(body).flatMap(({ choice, index }) => {
        if (isJsonObject(choice.delta) && choice.delta.tool_calls) callsTools = true
        return answerTexts(choice, index).map(({ path, text, isJson, set }) => {
          const channel = channelOf(path, isJson)
          const start = channel.length
          channel.length += text.length
          channel.settled = channel.gate.push(text)
          return { channel, start, text, set }
        })
      })
      if (checksFormat) content += chunk.textDelta
      queue.push({ chunk, body, pieces })
      if (isBlocked() || holdsAll) return []
      return release()
    },
    end() {
      for (const channel of channels.values()) channel.settled = channel.gate.end()
      if (checksFormat) checkFormat(guards, content, callsTools, wanted)
      return isBlocked() ? [] : release()
    },
    isBlocked,
  }
}

/** The chunk as its texts are after the edits; itself where nothing was changed. */
function rewritten<Chunk extends GuardedChunk>({ chunk, body, pieces }: Waiting<Chunk>): Chunk {
  let isChanged = false
  for (const { channel, start, text, set } of pieces) {
    const result = applyEdits(text, start, channel.gate.edits)
    if (result === text) continue
    isChanged = true
    set(result)
  }
  if (!isChanged) return chunk
  const first = choicesOf(body).find(({ index }) => index === 0)?.choice
  if (first) delete first.logprobs
  const delta = first?.delta
  const textDelta = isJsonObject(delta) && typeof delta.content === 'string' ? delta.content : ''
  return { ...chunk, data: JSON.stringify(body), textDelta }
}

function checkFormat(guards: AnswerGuards, text: string, callsTools: boolean, wanted: WantedFormat): void {
  const { action } = guards.policy.answer
  if (action === 'off' || (callsTools && text.trim() === '')) return
  const problem = formatProblem(text, wanted)
  if (problem) guards.verdicts.add({ guard: 'answer', stage: 'output', action, kind: problem })
}

/**
 * A whole answer after the guards, in OpenAI's shape.
 * @returns the answer, itself where nothing was changed; whether it may be seen stands in the verdicts
 */
export function guardAnswer(
  guards: AnswerGuards,
  answer: Readonly<Record<string, unknown>>,
  wanted: WantedFormat | undefined,
): Readonly<Record<string, unknown>> {
  const body = structuredClone(answer)
  let isChanged = false
  for (const { choice, index } of choicesOf(body)) {
    const message = isJsonObject(choice.message) ? choice.message : {}
    const content = typeof message.content === 'string' ? message.content : ''
    for (const { text, isJson, set } of answerTexts(choice, index)) {
      const gate = createTextGate(guards, isJson)
      gate.push(text)
      gate.end()
      const result = applyEdits(text, 0, gate.edits)
      if (result === text) continue
      isChanged = true
      set(result)
      delete choice.logprobs
    }
    if (wanted && guards.policy.answer.format)
      checkFormat(guards, content, Array.isArray(message.tool_calls) && message.tool_calls.length > 0, wanted)
  }
  return isChanged ? body : answer
}
