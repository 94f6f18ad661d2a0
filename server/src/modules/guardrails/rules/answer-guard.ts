import { formatProblem, type WantedFormat } from './answer-format.ts'
import { isJsonObject, type Json } from './json-texts.ts'
import type { Protocol } from './protocol.ts'
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
  readonly body: Json
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
  isEnded: boolean
}

export function createStreamGuard<Chunk extends GuardedChunk>(
  guards: AnswerGuards,
  protocol: Protocol,
  wanted: WantedFormat | undefined,
): StreamGuard<Chunk> {
  const read = protocol.createReader()
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
    if (known && !known.isEnded) return known
    const channel = { gate: createTextGate(guards, isJson), length: 0, settled: 0, isEnded: false }
    channels.set(path, channel)
    return channel
  }

  function end(channel: Channel): void {
    if (!channel.isEnded) channel.settled = channel.gate.end()
    channel.isEnded = true
  }

  function release(): Chunk[] {
    const left: Chunk[] = []
    for (let head = queue[0]; head; head = queue[0]) {
      if (head.pieces.some(({ channel, start, text }) => start + text.length > channel.settled)) break
      queue.shift()
      left.push(rewritten(head, protocol))
    }
    return left
  }

  return {
    push(chunk) {
      const parsed: unknown = JSON.parse(chunk.data)
      const body = isJsonObject(parsed) ? parsed : {}
      const { texts, callsTools: isCall, ends } = read(body)
      if (isCall) callsTools = true
      const pieces = texts.map(({ path, text, isJson, set }) => {
        const channel = channelOf(path, isJson)
        const start = channel.length
        channel.length += text.length
        channel.settled = channel.gate.push(text)
        return { channel, start, text, set }
      })
      for (const [path, channel] of channels) if (ends(path)) end(channel)
      if (checksFormat) content += chunk.textDelta
      queue.push({ chunk, body, pieces })
      if (isBlocked() || holdsAll) return []
      return release()
    },
    end() {
      for (const channel of channels.values()) end(channel)
      if (checksFormat) checkFormat(guards, content, callsTools, wanted)
      return isBlocked() ? [] : release()
    },
    isBlocked,
  }
}

/** The chunk as its texts are after the edits; itself where nothing was changed. */
function rewritten<Chunk extends GuardedChunk>(
  { chunk, body, pieces }: Waiting<Chunk>,
  protocol: Protocol,
): Chunk {
  let isChanged = false
  for (const { channel, start, text, set } of pieces) {
    const result = applyEdits(text, start, channel.gate.edits)
    if (result === text) continue
    isChanged = true
    set(result)
  }
  if (!isChanged) return chunk
  const textDelta = protocol.afterChange(body)
  return { ...chunk, data: JSON.stringify(body), textDelta }
}

function checkFormat(guards: AnswerGuards, text: string, callsTools: boolean, wanted: WantedFormat): void {
  const { action } = guards.policy.answer
  if (action === 'off' || (callsTools && text.trim() === '')) return
  const problem = formatProblem(text, wanted)
  if (problem) guards.verdicts.add({ guard: 'answer', stage: 'output', action, kind: problem })
}

/**
 * A whole answer after the guards.
 * @returns the answer, itself where nothing was changed; whether it may be seen stands in the verdicts
 */
export function guardAnswer(
  guards: AnswerGuards,
  protocol: Protocol,
  answer: Readonly<Json>,
  wanted: WantedFormat | undefined,
): Readonly<Json> {
  const body = structuredClone(answer)
  const channels = new Map<string, { gate: TextGate; length: number }>()
  const pieces = protocol
    .createReader()(body)
    .texts.map(({ path, text, isJson, set }) => {
      const channel = channels.get(path) ?? { gate: createTextGate(guards, isJson), length: 0 }
      channels.set(path, channel)
      const start = channel.length
      channel.length += text.length
      channel.gate.push(text)
      return { channel, start, text, set }
    })
  for (const { gate } of channels.values()) gate.end()
  let isChanged = false
  for (const { channel, start, text, set } of pieces) {
    const result = applyEdits(text, start, channel.gate.edits)
    if (result === text) continue
    isChanged = true
    set(result)
  }
  if (wanted && guards.policy.answer.format)
    for (const { text, callsTools } of protocol.contents(body)) checkFormat(guards, text, callsTools, wanted)
  if (!isChanged) return answer
  protocol.afterChange(body)
  return body
}
