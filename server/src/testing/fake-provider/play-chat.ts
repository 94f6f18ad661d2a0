import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { FakeAnswer, FakeBehaviour, FakeFixture, FakeToolCall } from './behaviours.ts'
import { countTokens, tokensOf } from './fake-model.ts'
import type { FakeCall } from './fake-provider.ts'

const created = 1_770_000_000

/** Plays one behaviour as the reply to a chat call, and counts what it sent into the call. */
export async function playChat(
  behaviour: FakeBehaviour,
  call: FakeCall,
  response: ServerResponse,
): Promise<void> {
  call.promptTokens = promptTokens(call)
  const streamed = call.body.stream === true
  switch (behaviour.kind) {
    case 'answer':
      return streamed ? streamAnswer(behaviour, call, response) : sendAnswer(behaviour, call, response)
    case 'tool_call':
      return playToolCall(behaviour, call, response, streamed)
    case 'fixture':
      return playFixture(behaviour, call, response)
    case 'hang': {
      // Nothing more is written: the caller has to give up, or the provider be closed.
      if (behaviour.afterPieces !== undefined)
        await sendPieces(call, response, behaviour, behaviour.afterPieces)
      return
    }
    case 'cut': {
      await sendPieces(call, response, behaviour, behaviour.afterPieces)
      call.state = 'broken'
      if (behaviour.clean) response.end()
      else response.destroy()
      return
    }
    case 'stream_error': {
      await sendPieces(call, response, behaviour, behaviour.afterPieces)
      await write(
        response,
        `data: ${JSON.stringify({ id: 'chatcmpl-fake', error: behaviour.error, choices: [] })}\n\n`,
      )
      response.end()
      return
    }
    case 'long_line': {
      startStream(response)
      const piece = 'x'.repeat(64 * 1024)
      await write(response, 'data: {"choices":[{"index":0,"delta":{"content":"')
      for (let bytes = 0; bytes < behaviour.bytes && !response.destroyed; bytes += piece.length)
        await write(response, piece)
      await write(response, '"}}]}\n\ndata: [DONE]\n\n')
      response.end()
      return
    }
    case 'raw': {
      response.writeHead(200, { 'content-type': behaviour.contentType ?? 'text/event-stream' })
      for (const piece of behaviour.writes) await write(response, piece)
      response.end()
      return
    }
    case 'status':
      throw new Error('A status is sent before a chat is played.')
  }
}

function sendAnswer(behaviour: FakeAnswer, call: FakeCall, response: ServerResponse): void {
  const content = limited(behaviour.text ?? lastUserText(call), call)
  call.completionTokens = countTokens(content)
  const fingerprint = behaviour.systemFingerprint === undefined ? 'fp_fake' : behaviour.systemFingerprint
  const message = { role: 'assistant', content, refusal: null }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason(behaviour, call) }]
  const body = {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created,
    model: call.body.model,
    choices,
    ...(behaviour.usage === 'never' ? {} : { usage: usageOf(behaviour, call) }),
    ...(fingerprint === null ? {} : { system_fingerprint: fingerprint }),
  }
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }, behaviour.delayBeforeMs ?? 0)
}

async function streamAnswer(behaviour: FakeAnswer, call: FakeCall, response: ServerResponse): Promise<void> {
  if (behaviour.delayBeforeMs) await delay(behaviour.delayBeforeMs)
  startStream(response)
  const lineEnd = behaviour.lineEnd ?? '\n'
  const wantsUsage = includesUsage(call)
  const send = async (payload: unknown) => {
    const event = `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}${lineEnd}${lineEnd}`
    await writeSplit(response, event, behaviour.bytesPerWrite)
  }
  if (behaviour.comments) await write(response, `: OPENROUTER PROCESSING${lineEnd}${lineEnd}`)
  await send(chunk(call, { role: 'assistant', content: '', refusal: null }, null))
  for (const token of tokensOf(limited(behaviour.text ?? lastUserText(call), call))) {
    if (response.destroyed) return
    if (behaviour.delayPerPieceMs) await delay(behaviour.delayPerPieceMs)
    call.completionTokens++
    await send(chunk(call, { content: token }, null))
  }
  await send(chunk(call, {}, finishReason(behaviour, call)))
  const times = wantsUsage ? { once: 1, never: 0, twice: 2 }[behaviour.usage ?? 'once'] : 0
  for (let time = 0; time < times; time++)
    await send({ ...chunk(call, null, null), usage: usageOf(behaviour, call) })
  if (behaviour.endMark !== false) await send('[DONE]')
  response.end()
}

async function playToolCall(
  behaviour: FakeToolCall,
  call: FakeCall,
  response: ServerResponse,
  streamed: boolean,
): Promise<void> {
  const toolCalls = [behaviour, ...(behaviour.also ?? [])].map((one, index) => ({
    id: `call_fake_${index + 1}`,
    type: 'function',
    function: { name: one.name, arguments: JSON.stringify(one.arguments) },
  }))
  const content = behaviour.text ?? null
  call.completionTokens = countTokens(content ?? '')
  for (const one of toolCalls) call.completionTokens += countTokens(one.function.arguments) + 1
  if (!streamed) {
    const message = { role: 'assistant', content, tool_calls: toolCalls, refusal: null }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }]
    const head = {
      id: 'chatcmpl-fake',
      object: 'chat.completion',
      created,
      model: call.body.model,
      system_fingerprint: 'fp_fake',
    }
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...head, choices, usage: usageOf({ kind: 'answer' }, call) }))
    return
  }
  startStream(response)
  if (content !== null) await sendEvent(response, chunk(call, { role: 'assistant', content }, null))
  for (const [index, one] of toolCalls.entries()) {
    const { name, arguments: argumentsText } = one.function
    const start = { ...one, index, function: { name, arguments: '' } }
    const said = index === 0 && content === null ? { role: 'assistant', content: null } : {}
    await sendEvent(response, chunk(call, { ...said, tool_calls: [start] }, null))
    for (let from = 0; from < argumentsText.length; from += 5) {
      const piece = { index, function: { arguments: argumentsText.slice(from, from + 5) } }
      await sendEvent(response, chunk(call, { tool_calls: [piece] }, null))
    }
  }
  await sendEvent(response, chunk(call, {}, 'tool_calls'))
  if (includesUsage(call))
    await sendEvent(response, { ...chunk(call, null, null), usage: usageOf({ kind: 'answer' }, call) })
  await write(response, 'data: [DONE]\n\n')
  response.end()
}

/** A stream is a JSON array of lines as they come, a completion the body itself. */
async function playFixture(behaviour: FakeFixture, call: FakeCall, response: ServerResponse): Promise<void> {
  const file = new URL(`./fixtures/${behaviour.name}.json`, import.meta.url)
  const recorded: unknown = JSON.parse(await readFile(file, 'utf8'))
  if (!Array.isArray(recorded)) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(recorded))
    return
  }
  startStream(response)
  for (const line of recorded) {
    call.completionTokens++
    await write(response, `${line}\n\n`)
  }
  response.end()
}

async function sendPieces(
  call: FakeCall,
  response: ServerResponse,
  { text, countsPieces }: { readonly text?: string; readonly countsPieces?: boolean },
  count: number,
): Promise<void> {
  startStream(response)
  await sendEvent(response, chunk(call, { role: 'assistant', content: '' }, null))
  for (const token of tokensOf(text ?? lastUserText(call)).slice(0, count)) {
    call.completionTokens++
    const usage = countsPieces ? { usage: usageOf({ kind: 'answer' }, call) } : {}
    await sendEvent(response, { ...chunk(call, { content: token }, null), ...usage })
  }
}

/** `delta` null: the chunk without choices that carries usage. */
function chunk(call: FakeCall, delta: unknown, finish: string | null): Record<string, unknown> {
  const choices = delta === null ? [] : [{ index: 0, delta, logprobs: null, finish_reason: finish }]
  const head = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created, model: call.body.model }
  return {
    ...head,
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
    choices,
    ...(includesUsage(call) ? { usage: null } : {}),
  }
}

function usageOf(behaviour: FakeAnswer, call: FakeCall): unknown {
  const prompt = behaviour.tokens?.prompt ?? call.promptTokens
  const completion = behaviour.tokens?.completion ?? call.completionTokens
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: behaviour.tokens?.cached ?? 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: behaviour.tokens?.reasoning ?? 0, audio_tokens: 0 },
    ...(behaviour.cost === undefined ? {} : { cost: behaviour.cost, is_byok: false }),
  }
}

function finishReason(behaviour: FakeAnswer, call: FakeCall): string {
  const wanted = countTokens(behaviour.text ?? lastUserText(call))
  return behaviour.finishReason ?? (wanted > outputCap(call) ? 'length' : 'stop')
}

function limited(text: string, call: FakeCall): string {
  return tokensOf(text).slice(0, outputCap(call)).join('')
}

function outputCap(call: FakeCall): number {
  const { max_tokens, max_completion_tokens } = call.body
  return Math.min(
    ...[max_tokens, max_completion_tokens].map((cap) =>
      typeof cap === 'number' ? cap : Number.POSITIVE_INFINITY,
    ),
  )
}

function includesUsage(call: FakeCall): boolean {
  // Bodies are plain JSON; an option that is no object is not an option.
  const options = call.body.stream_options as { include_usage?: unknown } | undefined
  return options?.include_usage === true
}

interface FakeMessage {
  readonly role: string
  readonly content: unknown
}

function messagesOf(call: FakeCall): readonly FakeMessage[] {
  return Array.isArray(call.body.messages) ? call.body.messages : []
}

function promptTokens(call: FakeCall): number {
  return messagesOf(call).reduce((sum, message) => sum + 3 + countTokens(contentText(message.content)), 3)
}

function lastUserText(call: FakeCall): string {
  return contentText(messagesOf(call).findLast((message) => message.role === 'user')?.content)
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return Array.isArray(content)
    ? content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('')
    : ''
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
}

function sendEvent(response: ServerResponse, payload: unknown): Promise<void> {
  return write(response, `data: ${JSON.stringify(payload)}\n\n`)
}

async function writeSplit(
  response: ServerResponse,
  event: string,
  bytesPerWrite: number | undefined,
): Promise<void> {
  if (bytesPerWrite === undefined) return write(response, event)
  const bytes = Buffer.from(event)
  for (let from = 0; from < bytes.length; from += bytesPerWrite) {
    await write(response, bytes.subarray(from, from + bytesPerWrite))
    // Lets the piece leave as a packet of its own.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Resolves when the piece was handed to the socket, or the caller is gone. */
function write(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve()
    response.write(piece, () => resolve())
  })
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
