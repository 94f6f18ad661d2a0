import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeAnthropic, startFakeAnthropic } from '../../testing/fake-provider/fake-anthropic.ts'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Listening, listen } from '../../testing/listen.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

/** Every way there is to a model passes the guards, before the model and after it. */

let provider: FakeProvider
let anthropic: FakeAnthropic
let on: TestApp
let listening: Listening
let ada: Actor
beforeAll(async () => {
  provider = await startFakeProvider()
  anthropic = await startFakeAnthropic()
  on = await createTestApp({
    OPENROUTER_API_KEY: 'sk-or-test-key',
    OPENROUTER_BASE_URL: provider.url,
    ANTHROPIC_API_KEY: 'sk-ant-of-tests',
    ANTHROPIC_BASE_URL: anthropic.url,
  })
  listening = await listen(on.app)
})
afterAll(async () => {
  await listening.close()
  await on.dispose()
  await provider.close()
  await anthropic.close()
})
beforeEach(async () => {
  ada = await signUp(on)
  const messages = [{ role: 'user', content: '{{asked}}' }]
  await ada.call('POST', '/api/v1/prompts', {
    name: 'forward',
    version: { messages, model },
    labels: ['production'],
  })
})

const model = 'openai/gpt-4o-mini'
const claude = 'claude-sonnet-4-6'
const user = (content: string) => [{ role: 'user', content }]
const filled = (asked: string) => ({ prompt: { name: 'forward', variables: { asked } } })

interface Way {
  path: string
  body: (text: string) => Record<string, unknown>
  isNative?: true
  isLong?: true
}
const ways: Record<string, Way> = {
  'a chat': { path: '/v1/chat/completions', body: (text) => ({ model, messages: user(text) }) },
  'a chat off the direct lane': {
    path: '/v1/chat/completions?long',
    body: (text) => ({ model, messages: user(text) }),
    isLong: true,
  },
  'a streamed chat': {
    path: '/v1/chat/completions',
    body: (text) => ({ model, messages: user(text), stream: true }),
  },
  'a chat of a prompt': { path: '/v1/chat/completions', body: (text) => ({ messages: [], ...filled(text) }) },
  'a response': { path: '/v1/responses', body: (text) => ({ model, input: text }) },
  'a streamed response': { path: '/v1/responses', body: (text) => ({ model, input: text, stream: true }) },
  'a message that is translated': {
    path: '/v1/messages',
    body: (text) => ({ model, max_tokens: 100, messages: user(text) }),
  },
  'a streamed message that is translated': {
    path: '/v1/messages',
    body: (text) => ({ model, max_tokens: 100, messages: user(text), stream: true }),
  },
  'a message of a prompt': {
    path: '/v1/messages',
    body: (text) => ({ model, max_tokens: 100, messages: user('Go on.'), ...filled(text) }),
  },
  'a message that is passed on': {
    path: '/v1/messages',
    body: (text) => ({ model: claude, max_tokens: 100, messages: user(text) }),
    isNative: true,
  },
  'a streamed message that is passed on': {
    path: '/v1/messages',
    body: (text) => ({ model: claude, max_tokens: 100, messages: user(text), stream: true }),
    isNative: true,
  },
  'an answer of a conversation': { path: '/api/v1/messages', body: (text) => ({ model, content: text }) },
}
const names = Object.keys(ways)

/** Asks, and has the provider answer so. */
async function ask(name: string, text: string, answer?: string) {
  const way = ways[name]
  if (!way) throw new Error(`There is no way ${name}.`)
  if (answer !== undefined && way.isNative)
    anthropic.script({ kind: 'message', content: [{ type: 'text', text: answer }] })
  if (answer !== undefined && !way.isNative) provider.script({ kind: 'answer', text: answer })
  const calls = () => (way.isNative ? anthropic.calls : provider.calls)
  const before = calls().length
  const response = await fetch(`${listening.url}${way.path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(way.body(text)),
  })
  const raw = await response.text()
  return {
    raw,
    said: saidIn(raw),
    sent: calls()
      .slice(before)
      .map(({ body }) => JSON.stringify(body)),
  }
}

/** The text of an answer, or of the pieces of one. */
function saidIn(raw: string): string {
  const data = raw.match(/^data: (?=\{).*$/gm)?.map((line) => line.slice('data: '.length)) ?? [raw]
  return data
    .map((json) => {
      const parsed = JSON.parse(json)
      const delta = parsed.choices?.[0]?.delta?.content ?? parsed.delta?.text ?? parsed.delta
      const whole =
        parsed.choices?.[0]?.message?.content ??
        parsed.content?.[0]?.text ??
        (parsed.object === 'response' ? parsed.output[0].content[0].text : undefined) ??
        parsed.message?.content
      return [delta, whole].find((one) => typeof one === 'string') ?? ''
    })
    .join('')
}

async function lastVerdicts() {
  await provider.settled()
  await anthropic.settled()
  const { body } = await ada.call<{ data: { errorCode: string | null; guardrails: unknown[] }[] }>(
    'GET',
    '/api/v1/usage/records',
  )
  return body.data.find(({ guardrails }) => guardrails.length > 0)
}

async function lastAudit() {
  const { body } = await ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/activity')
  return body.data[0]
}

const bluebird = (stages: string) => ({
  patterns: { action: 'block', stages, patterns: ['blue bird'] },
})
const guard = async (policy: Record<string, unknown>, query = '') => {
  expect((await ada.call('PUT', `/api/v1/guardrails${query}`, policy)).status).toBe(200)
}

describe.each(names)('%s', (name) => {
  test('that holds what is blocked reaches no provider, and is in the record and the audit log', async () => {
    await guard(bluebird('input'))
    const { raw, sent } = await ask(name, 'Tell me of the Blue Bird.')
    expect(raw).toContain('A guardrail of your organization')
    expect(sent).toEqual([])
    expect(await lastVerdicts()).toMatchObject({
      errorCode: 'guardrails.blocked',
      costNanos: '0',
      guardrails: [{ guard: 'patterns', stage: 'input', action: 'block', count: 1 }],
    })
    expect(await lastAudit()).toMatchObject({ action: 'guardrails.block', changes: { stage: 'input' } })
  })

  test('has pseudonyms at the provider and the values at the caller', async () => {
    await guard({ pii: { action: 'redact', kinds: ['email'], reversible: true, answers: 'off' } })
    const { said, sent } = await ask(name, 'Write to bob@example.org.', 'I wrote to <EMAIL_1> today.')
    expect(sent).toHaveLength(1)
    expect(sent[0]).toContain('<EMAIL_1>')
    expect(sent[0]).not.toContain('@example.org')
    expect(said).toBe('I wrote to bob@example.org today.')
    expect(await lastVerdicts()).toMatchObject({
      errorCode: null,
      guardrails: [{ guard: 'pii', stage: 'input', action: 'redact', count: 1, kinds: ['email'] }],
    })
  })

  test('does not show an answer that is blocked, which is in the record and the audit log', async () => {
    await guard(bluebird('output'))
    const { raw, said } = await ask(name, 'What is it called?', 'It is the Blue Bird of course.')
    expect(raw).toContain('A guardrail of your organization')
    expect(raw).not.toMatch(/blue|bird|course/i)
    expect(said.trim()).toMatch(/^(It is the)?$/)
    expect(await lastVerdicts()).toMatchObject({
      errorCode: 'guardrails.answer_blocked',
      guardrails: [{ guard: 'patterns', stage: 'output', action: 'block', count: 1 }],
    })
    expect(await lastAudit()).toMatchObject({ action: 'guardrails.block', changes: { stage: 'output' } })
  })
})

describe('a chat', () => {
  test.each(names.filter((name) => name.includes('chat')))('%s goes the way it says', async (name) => {
    const { lane } = on.app
    const takes = lane.takes
    let taken = false
    lane.takes = (...request) => {
      taken = takes.apply(lane, request)
      return taken
    }
    try {
      await ask(name, 'Hello')
    } finally {
      lane.takes = takes
    }
    expect(taken).toBe(ways[name]?.isLong !== true)
  })
})

describe('a response that goes on from another', () => {
  const respond = async (fields: Record<string, unknown>) => {
    const { status, body } = await ada.call<{ id: string; output_text: string }>('POST', '/v1/responses', {
      model,
      ...fields,
    })
    return { status, id: body.id, raw: JSON.stringify(body) }
  }

  test('has the same pseudonyms for what earlier turns hold', async () => {
    await guard({ pii: { action: 'redact', kinds: ['email'], reversible: true, answers: 'off' } })
    provider.script(
      { kind: 'answer', text: 'To <EMAIL_1>: hello.' },
      { kind: 'answer', text: 'Done, <EMAIL_2>.' },
    )
    const first = await respond({ input: 'Write to bob@example.org.' })
    const second = await respond({ input: 'And to eve@example.org.', previous_response_id: first.id })
    expect(provider.calls.at(-1)?.body.messages).toMatchObject([
      { content: 'Write to <EMAIL_1>.' },
      { content: 'To <EMAIL_1>: hello.' },
      { content: 'And to <EMAIL_2>.' },
    ])
    expect(second.raw).toContain('Done, eve@example.org.')
  })

  test('is guarded with what is kept of earlier turns by the policy of today', async () => {
    const first = await respond({ input: 'Tell me of the blue bird.' })
    await guard(bluebird('input'))
    expect((await respond({ input: 'Go on.', previous_response_id: first.id })).status).toBe(400)
  })

  test.each([true, false])('finds nothing kept of one that was blocked, streamed: %s', async (stream) => {
    await guard(bluebird('output'))
    provider.script({ kind: 'answer', text: 'It is the Blue Bird of course.' })
    const answer = await fetch(`${listening.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, input: 'What?', stream }),
    })
    await answer.text()
    const id = `resp_${answer.headers.get('x-request-id')}`
    expect((await ada.call('GET', `/v1/responses/${id}`)).status).toBe(404)
    const next = await respond({ input: 'Go on.', previous_response_id: id })
    expect(next.status).toBe(404)
  })
})

describe('a count of tokens that Anthropic makes', () => {
  const count = (content: string) =>
    ada.call('POST', '/v1/messages/count_tokens', { model: claude, messages: user(content) })

  test('is of what the model would see', async () => {
    await guard({ pii: { action: 'redact', kinds: ['email'], reversible: true, answers: 'off' } })
    expect((await count('Write to bob@example.org.')).status).toBe(200)
    expect(anthropic.calls.at(-1)?.body.messages).toEqual(user('Write to <EMAIL_1>.'))
  })

  test('is not asked for what is blocked', async () => {
    await guard(bluebird('input'))
    const before = anthropic.calls.length
    expect((await count('The blue bird.')).status).toBe(400)
    expect(anthropic.calls.length).toBe(before)
    expect(await lastAudit()).toMatchObject({ action: 'guardrails.block' })
  })
})

describe('a fallback', () => {
  test('is sent what the guards have left, and its answer passes them too', async () => {
    const targets = [{ model }, { model: claude }]
    expect((await ada.call('POST', '/api/v1/model-aliases', { name: 'both', targets })).status).toBe(201)
    await guard({
      ...bluebird('output'),
      pii: { action: 'redact', kinds: ['email'], reversible: true, answers: 'off' },
    })
    const failed = { kind: 'status', status: 500, body: {} } as const
    const blue = [{ type: 'text', text: 'The blue bird.' }]
    provider.script(failed, failed)
    anthropic.script(
      { kind: 'message', content: [{ type: 'text', text: 'Dear <EMAIL_1>.' }] },
      { kind: 'message', content: blue },
    )
    const chat = { model: 'both', messages: user('To bob@example.org.') }
    const answer = await ada.call('POST', '/v1/chat/completions', chat)
    expect(JSON.stringify(answer.body)).toContain('Dear bob@example.org.')
    expect(JSON.stringify(anthropic.calls.at(-1)?.body)).toContain('To <EMAIL_1>.')
    expect((await ada.call('POST', '/v1/chat/completions', chat)).status).toBe(422)
  })
})

describe('a policy for an alias', () => {
  const ask = (path: string, fields: Record<string, unknown>) => ada.call('POST', path, fields)

  test('counts on every way, and for nothing but the alias', async () => {
    await ada.call('POST', '/api/v1/model-aliases', { name: 'strict', targets: [{ model }] })
    await ada.call('POST', '/api/v1/model-aliases', { name: 'strict-claude', targets: [{ model: claude }] })
    await guard(bluebird('input'), '?model=strict')
    await guard(bluebird('input'), '?model=strict-claude')
    const input = 'The blue bird.'
    for (const [named, expected] of [
      ['strict', 400],
      [model, 200],
      ['strict-claude', 400],
      [claude, 200],
    ] as const) {
      const message = { model: named, max_tokens: 20, messages: user(input) }
      const answers = [
        await ask('/v1/chat/completions', message),
        await ask('/v1/responses', { model: named, input }),
        await ask('/v1/messages', message),
      ]
      expect(answers.map(({ status }) => status)).toEqual([expected, expected, expected])
    }
  })

  test('is one for all names of a model', async () => {
    await guard(bluebird('input'), '?model=gpt-4o-mini')
    const chat = { messages: user('The blue bird.') }
    expect((await ask('/v1/chat/completions', { model, ...chat })).status).toBe(400)
    expect((await ask('/v1/chat/completions', { model: 'gpt-4o-mini', ...chat })).status).toBe(400)
    await guard({ patterns: { action: 'off', stages: 'input', patterns: [] } }, `?model=${model}`)
    expect((await ask('/v1/chat/completions', { model: 'gpt-4o-mini', ...chat })).status).toBe(200)
    const settings = await ada.call<{ models: { model: string }[] }>('GET', '/api/v1/guardrails')
    expect(settings.body.models.map((one) => one.model)).toEqual([model])
  })
})
