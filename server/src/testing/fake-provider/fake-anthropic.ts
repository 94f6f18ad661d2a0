import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { countTokens, tokensOf } from './fake-model.ts'

/** What the fake does with its next call. Without one it answers by repeating the last text of the user. */
export type AnthropicBehaviour =
  | {
      readonly kind: 'message'
      readonly content: readonly Readonly<Record<string, unknown>>[]
      readonly stopReason?: string
      readonly stopSequence?: string
      /** Beside the counted tokens, or in their place. */
      readonly usage?: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Written as they are. Nothing follows where it hangs; the connection breaks where it is cut. */
  | {
      readonly kind: 'events'
      readonly events: readonly Readonly<Record<string, unknown>>[]
      readonly ends?: 'hang' | 'cut' | 'end'
    }

export interface AnthropicCall {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Readonly<Record<string, unknown>>
  state: 'open' | 'finished' | 'aborted'
}

/** A provider of Anthropic's protocol on a loopback socket, that does as it was told and keeps what it was asked. */
export interface FakeAnthropic {
  /** The base URL, without a version. */
  readonly url: string
  readonly calls: readonly AnthropicCall[]
  script(...behaviours: readonly AnthropicBehaviour[]): void
  settled(): Promise<void>
  close(): Promise<void>
}

export async function startFakeAnthropic(): Promise<FakeAnthropic> {
  const calls: AnthropicCall[] = []
  const queue: AnthropicBehaviour[] = []
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request)
    const body: Record<string, unknown> = raw === '' ? {} : JSON.parse(raw)
    const call: AnthropicCall = { path: request.url ?? '', headers: request.headers, body, state: 'open' }
    calls.push(call)
    response.on('close', () => {
      call.state = response.writableFinished ? 'finished' : 'aborted'
    })
    if (call.path.startsWith('/v1/models')) return sendJson(response, { data: [{ id: 'claude-fake' }] })
    if (call.path.endsWith('/count_tokens')) return sendJson(response, { input_tokens: inputTokens(body) })
    const behaviour = queue.shift() ?? repeating(body)
    if (behaviour.kind === 'status') {
      const type = typeof behaviour.body === 'string' ? 'text/html' : 'application/json'
      const sent = typeof behaviour.body === 'string' ? behaviour.body : JSON.stringify(behaviour.body)
      response.writeHead(behaviour.status, { 'content-type': type, ...behaviour.headers }).end(sent)
      return
    }
    if (behaviour.kind === 'message' && body.stream !== true)
      return sendJson(response, wholeOf(behaviour, body))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    const events = behaviour.kind === 'events' ? behaviour.events : eventsOf(behaviour, body)
    for (const event of events) {
      if (response.destroyed) return
      await new Promise((resolve) =>
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, resolve),
      )
    }
    const ends = behaviour.kind === 'events' ? (behaviour.ends ?? 'end') : 'end'
    if (ends === 'end') response.end()
    if (ends === 'cut') response.destroy()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    script: (...behaviours) => queue.push(...behaviours),
    async settled() {
      while (calls.some(({ state }) => state === 'open'))
        await new Promise((resolve) => setTimeout(resolve, 2))
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

type Message = Extract<AnthropicBehaviour, { kind: 'message' }>

function repeating(body: Readonly<Record<string, unknown>>): Message {
  const tokens = tokensOf(lastText(body))
  const cap = Number(body.max_tokens)
  const said = tokens.slice(0, cap).join('')
  const stopReason = tokens.length > cap ? 'max_tokens' : 'end_turn'
  return { kind: 'message', content: [{ type: 'text', text: said }], stopReason }
}

function wholeOf(behaviour: Message, body: Readonly<Record<string, unknown>>) {
  return {
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: behaviour.content,
    stop_reason: behaviour.stopReason ?? 'end_turn',
    stop_sequence: behaviour.stopSequence ?? null,
    usage: { ...usageOf(inputTokens(body), outputTokens(behaviour)), ...behaviour.usage },
  }
}

function* eventsOf(behaviour: Message, body: Readonly<Record<string, unknown>>) {
  const whole = wholeOf(behaviour, body)
  const start = { ...whole, content: [], stop_reason: null, usage: { ...whole.usage, output_tokens: 1 } }
  yield { type: 'message_start', message: start }
  yield { type: 'ping' }
  for (const [index, block] of behaviour.content.entries()) {
    yield { type: 'content_block_start', index, content_block: emptied(block) }
    for (const delta of deltasOf(block)) yield { type: 'content_block_delta', index, delta }
    yield { type: 'content_block_stop', index }
  }
  const { stop_reason, stop_sequence, usage } = whole
  yield { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage }
  yield { type: 'message_stop' }
}

function emptied(block: Readonly<Record<string, unknown>>) {
  if (block.type === 'text') return { ...block, text: '' }
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' }
  return block.type === 'tool_use' || block.type === 'server_tool_use' ? { ...block, input: {} } : block
}

function* deltasOf(block: Readonly<Record<string, unknown>>) {
  if (block.type === 'text')
    for (const piece of tokensOf(String(block.text))) yield { type: 'text_delta', text: piece }
  if (block.type === 'thinking') {
    for (const piece of tokensOf(String(block.thinking))) yield { type: 'thinking_delta', thinking: piece }
    yield { type: 'signature_delta', signature: block.signature }
  }
  if (block.type === 'tool_use' || block.type === 'server_tool_use') {
    const input = JSON.stringify(block.input)
    for (let from = 0; input !== '{}' && from < input.length; from += 5)
      yield { type: 'input_json_delta', partial_json: input.slice(from, from + 5) }
  }
}

function usageOf(input: number, output: number) {
  return {
    input_tokens: input,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    output_tokens: output,
  }
}

function inputTokens(body: Readonly<Record<string, unknown>>): number {
  return countTokens(JSON.stringify([body.system, body.messages]))
}

function outputTokens({ content }: Message): number {
  return content.reduce((sum, block) => sum + countTokens(String(block.text ?? JSON.stringify(block))), 0)
}

function lastText(body: Readonly<Record<string, unknown>>): string {
  // Bodies are plain JSON of Anthropic's shape; what is none of it has no text.
  const messages = (body.messages ?? []) as { role: string; content: string | { text?: string }[] }[]
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('')
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
