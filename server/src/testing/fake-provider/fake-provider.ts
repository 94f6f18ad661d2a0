import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FakeBehaviour, FakeStatus } from './behaviours.ts'
import { countTokens, embed } from './fake-model.ts'
import { playChat } from './play-chat.ts'

/**
 * A provider of OpenAI's protocol on a loopback socket, that does as it was told and keeps a ledger of its own: what it saw
 * asked, what it would charge, and whether the caller stayed to the end. Tests hold the gateway's records against it.
 */
export interface FakeProvider {
  /** The base URL, with `/v1`. */
  readonly url: string
  /** Every call so far, oldest first. A call is entered when its body has arrived. */
  readonly calls: readonly FakeCall[]
  /** Queues what the next calls do, one behaviour a call. */
  script(...behaviours: readonly FakeBehaviour[]): void
  /** Resolves once no call is open any more. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface FakeCall {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // The body is whatever JSON the caller sent; tests read from it what they sent.
  readonly body: Readonly<Record<string, unknown>>
  /** Which socket it came on: the same number for calls that shared a connection. */
  readonly connection: number
  promptTokens: number
  completionTokens: number
  state: 'open' | 'finished' | 'aborted' | 'broken'
}

export interface FakeProviderOptions {
  /** Names that GET /models lists. */
  readonly models?: readonly (string | Readonly<Record<string, unknown>>)[]
  /** When set, calls without `Authorization: Bearer <apiKey>` get a 401. */
  readonly apiKey?: string
  readonly port?: number
}

export async function startFakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const calls: FakeCall[] = []
  const queue: FakeBehaviour[] = []
  const connections = new WeakMap<object, number>()
  let connectionCount = 0
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.on('connection', (socket) => connections.set(socket, ++connectionCount))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request)
    const call: FakeCall = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: raw === '' ? {} : JSON.parse(raw),
      connection: connections.get(request.socket) ?? 0,
      promptTokens: 0,
      completionTokens: 0,
      state: 'open',
    }
    calls.push(call)
    response.on('close', () => {
      if (call.state === 'open') call.state = response.writableFinished ? 'finished' : 'aborted'
    })
    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      return sendStatus(response, {
        kind: 'status',
        status: 401,
        body: { error: { message: 'No such key.', code: 'invalid_api_key' } },
      })
    }
    if (call.method === 'GET' && call.path.endsWith('/models'))
      return sendJson(response, modelList(options.models ?? ['fake-model']))
    const behaviour = queue.shift() ?? { kind: 'answer' }
    if (behaviour.kind === 'status') return sendStatus(response, behaviour)
    if (call.path.endsWith('/chat/completions')) return playChat(behaviour, call, response)
    if (call.path.endsWith('/embeddings')) return sendJson(response, embeddings(call))
    sendStatus(response, {
      kind: 'status',
      status: 404,
      body: { error: { message: 'Unknown request URL.', code: 'unknown_url' } },
    })
  }

  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    script: (...behaviours) => {
      queue.push(...behaviours)
    },
    async settled() {
      while (calls.some((call) => call.state === 'open'))
        await new Promise((resolve) => setTimeout(resolve, 2))
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function embeddings(call: FakeCall): unknown {
  const inputs: readonly unknown[] = Array.isArray(call.body.input) ? call.body.input : [call.body.input]
  const dimensions = typeof call.body.dimensions === 'number' ? call.body.dimensions : 8
  const data = inputs.map((input, index) => {
    const vector = embed(String(input), dimensions)
    const embedding =
      call.body.encoding_format === 'base64'
        ? Buffer.from(vector.buffer).toString('base64')
        : Array.from(vector)
    return { object: 'embedding', index, embedding }
  })
  call.promptTokens = inputs.reduce((sum: number, input) => sum + countTokens(String(input)), 0)
  const usage = { prompt_tokens: call.promptTokens, total_tokens: call.promptTokens }
  return { object: 'list', data, model: call.body.model, usage }
}

function modelList(models: readonly (string | Readonly<Record<string, unknown>>)[]): unknown {
  const data = models.map((model) =>
    typeof model === 'string'
      ? { id: model, object: 'model', created: 1_700_000_000, owned_by: 'library' }
      : model,
  )
  return { object: 'list', data }
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function sendStatus(response: ServerResponse, behaviour: FakeStatus): void {
  const isText = typeof behaviour.body === 'string'
  response
    .writeHead(behaviour.status, {
      'content-type': isText ? 'text/plain' : 'application/json',
      ...behaviour.headers,
    })
    .end(isText ? String(behaviour.body) : JSON.stringify(behaviour.body))
}
