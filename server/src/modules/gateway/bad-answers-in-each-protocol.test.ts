import { describe, expect, test } from 'vitest'
import { htmlError } from '../../testing/fake-provider/behaviours.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

const gateway = setGatewayOnSockets()
const text = 'Grüße aus Zürich, 二 🎉'

/** Each protocol's way to ask, and how its texts stand in a stream. */
const protocols = {
  chat: {
    path: '/v1/chat/completions',
    body: (said: string) => ({ messages: [{ role: 'user', content: said }] }),
    delta: (event: { choices?: { delta?: { content?: string } }[] }) =>
      event.choices?.[0]?.delta?.content ?? '',
  },
  responses: {
    path: '/v1/responses',
    body: (said: string) => ({ input: said }),
    delta: (event: { type?: string; delta?: string }) =>
      event.type === 'response.output_text.delta' ? (event.delta ?? '') : '',
  },
  messages: {
    path: '/v1/messages',
    body: (said: string) => ({ max_tokens: 500, messages: [{ role: 'user', content: said }] }),
    delta: (event: { delta?: { text?: string } }) => event.delta?.text ?? '',
  },
} as const

async function ask(name: keyof typeof protocols, fields: object = {}) {
  const { path, body } = protocols[name]
  const response = await gateway.on.request('POST', path, {
    token: gateway.ada.token,
    body: { model: 'openai/gpt-4o-mini', ...body('three short words'), ...fields },
  })
  const answer = await response.text()
  const id = response.headers.get('x-request-id')
  const record = async () => (await gateway.ada.call('GET', `/api/v1/usage/${id}`)).body
  return { status: response.status, answer, record }
}

function saidIn(name: keyof typeof protocols, stream: string): string {
  const lines = stream.split('\n').filter((line) => line.startsWith('data: {'))
  return lines.map((line) => protocols[name].delta(JSON.parse(line.slice('data: '.length)))).join('')
}

describe.each(['chat', 'responses', 'messages'] as const)('in the protocol of %s', (name) => {
  test('a model that is not known is refused with the nearest names, and nothing is sent', async () => {
    const before = gateway.provider.calls.length
    const { status, answer } = await ask(name, { model: 'openai/gpt-4o-mimi' })
    expect([status, gateway.provider.calls.length]).toEqual([404, before])
    expect(answer).toContain('openai/gpt-4o-mini')
  })

  test.each([false, true])(
    'a page of HTML is an error without its markup, for nothing (stream: %s)',
    async (stream) => {
      gateway.provider.script(htmlError())
      const { status, answer, record } = await ask(name, { stream })
      expect(status).toBeGreaterThanOrEqual(502)
      expect(answer).not.toMatch(/<html|nginx/i)
      expect(await record()).toMatchObject({ status: 'error', costNanos: '0' })
    },
  )

  test.each(['once', 'twice', 'never'] as const)(
    'a stream that tells its usage %s, its characters split, is whole and billed once',
    async (usage) => {
      gateway.provider.script({ kind: 'answer', text, usage, bytesPerWrite: 3 })
      const { answer, record } = await ask(name, { stream: true })
      expect(saidIn(name, answer)).toBe(text)
      const told = await record()
      expect(told).toMatchObject({ status: 'ok' })
      const { promptTokens, completionTokens, costNanos } = told
      expect(Number(completionTokens)).toBeGreaterThan(0)
      expect(Number(costNanos)).toBe(Number(promptTokens) * 150 + Number(completionTokens) * 600)
    },
  )

  test('a line of ten megabytes ends the call with an error, and it is recorded', async () => {
    gateway.provider.script({ kind: 'long_line', bytes: 10 * 1_048_576 })
    const { answer, record } = await ask(name, { stream: true })
    expect(answer.length).toBeLessThan(100_000)
    expect(answer).toMatch(/error|failed/)
    expect(await record()).toMatchObject({ status: 'error', errorCode: 'gateway.provider_bad_response' })
  })

  test('a stream that breaks off is an error in it, and what came is billed', async () => {
    gateway.provider.script({ kind: 'cut', afterPieces: 2, text: 'one two three' })
    const { answer, record } = await ask(name, { stream: true })
    expect(answer).toMatch(/error|failed/)
    const told = await record()
    expect(told).toMatchObject({ status: 'error' })
    expect(BigInt(String(told.costNanos))).toBeGreaterThan(0n)
  })

  test('tools that are none are refused with their field, and nothing is sent', async () => {
    const before = gateway.provider.calls.length
    const { status, answer } = await ask(name, { tools: [{ type: 'function', function: 'look' }] })
    expect([status, gateway.provider.calls.length]).toEqual([400, before])
    expect(answer).toContain('tools')
  })
})
