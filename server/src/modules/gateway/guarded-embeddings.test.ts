import { describe, expect, test } from 'vitest'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

const gateway = setGatewayOnSockets()
const calls = () => gateway.provider.calls.length
const sentLast = () => gateway.provider.calls.at(-1)?.body.input

async function guard(policy: object) {
  expect((await gateway.ada.call('PUT', '/api/v1/guardrails', policy)).status).toBe(200)
}

async function embed(input: unknown, headers: Record<string, string> = {}) {
  const response = await gateway.on.request('POST', '/v1/embeddings', {
    token: gateway.ada.token,
    headers,
    body: { model: 'openai/text-embedding-3-small', input },
  })
  const body: unknown = await response.json()
  const id = response.headers.get('x-request-id')
  const record = async () => (await gateway.ada.call('GET', `/api/v1/usage/${id}`)).body
  return { status: response.status, cache: response.headers.get('x-freehold-cache'), body, record }
}

describe('texts on their way to an embedding model', () => {
  test('with a banned word are refused before anything leaves, for nothing, and it is in the record and the audit', async () => {
    await guard({ patterns: { action: 'block', stages: 'input', patterns: ['bluebird'] } })
    const before = calls()
    const refused = await embed(['fine', 'the BlueBird flies'])
    expect([refused.status, calls()]).toEqual([400, before])
    expect(refused.body).toMatchObject({ error: { code: 'content_filter' } })
    expect(await refused.record()).toMatchObject({
      purpose: 'embedding',
      status: 'error',
      errorCode: 'guardrails.blocked',
      costNanos: '0',
      guardrails: [{ guard: 'patterns', stage: 'input', action: 'block', count: 1 }],
    })
    const audit = await gateway.ada.call('GET', '/api/v1/activity')
    expect(JSON.stringify(audit.body)).toContain('"guardrails.block"')
    expect(JSON.stringify(audit.body)).not.toContain('bluebird')
    expect((await embed('fine')).status).toBe(200)
  })

  test('go without personal data, for good, and the same text is the same vector', async () => {
    await guard({ pii: { action: 'redact', kinds: ['email'], reversible: true, answers: 'off' } })
    const keep = { 'x-freehold-cache': 'ttl=600' }
    const first = await embed(['write to ada@example.org', 'or not'], keep)
    expect(sentLast()).toEqual(['write to [EMAIL]', 'or not'])
    expect(await first.record()).toMatchObject({ guardrails: [{ guard: 'pii', action: 'redact', count: 1 }] })
    const before = calls()
    const other = await embed('write to eve@example.com', keep)
    expect([other.cache, calls()]).toEqual(['hit', before])
    expect(await other.record()).toMatchObject({ cache: 'hit', guardrails: [{ guard: 'pii' }] })
  })

  test('that are too long are refused, and flagged where that is all that is wanted', async () => {
    await guard({ length: { action: 'block', maxCharacters: 20, maxMessages: 100 } })
    expect((await embed(['12345678901', '12345678901'])).status).toBe(400)
    await guard({ length: { action: 'flag', maxCharacters: 20, maxMessages: 100 } })
    const flagged = await embed(['12345678901', '12345678901'])
    expect(flagged.status).toBe(200)
    expect(await flagged.record()).toMatchObject({ guardrails: [{ guard: 'length', action: 'flag' }] })
  })

  test('cannot come as tokens where a guard is to read them', async () => {
    expect((await embed([1, 2, 3])).status).toBe(200)
    await guard({ pii: { action: 'block', kinds: ['email'], reversible: false, answers: 'off' } })
    const before = calls()
    expect([(await embed([1, 2, 3])).status, (await embed([[1, 2], [3]])).status]).toEqual([400, 400])
    expect(calls()).toBe(before)
  })
})
