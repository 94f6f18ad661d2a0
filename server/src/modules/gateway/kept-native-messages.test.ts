import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeAnthropic, startFakeAnthropic } from '../../testing/fake-provider/fake-anthropic.ts'
import { type Listening, listen } from '../../testing/listen.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let fake: FakeAnthropic
let on: TestApp
let listening: Listening
let ada: Actor
let anthropic: Anthropic
beforeAll(async () => {
  fake = await startFakeAnthropic()
  on = await createTestApp({ ANTHROPIC_API_KEY: 'sk-ant-of-tests', ANTHROPIC_BASE_URL: fake.url })
  listening = await listen(on.app)
})
afterAll(async () => {
  await listening.close()
  await on.dispose()
  await fake.close()
})
beforeEach(async () => {
  ada = await signUp(on)
  anthropic = new Anthropic({ baseURL: listening.url, authToken: ada.token, apiKey: null, maxRetries: 0 })
})

const keep = { headers: { 'x-freehold-cache': 'ttl=600' } }
const location = {
  type: 'char_location',
  cited_text: 'x',
  document_index: 0,
  document_title: null,
  start_char_index: 0,
  end_char_index: 1,
  file_id: null,
}
const content = [
  { type: 'thinking', thinking: 'Let me see. '.repeat(20), signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'b3BhcXVl' },
  { type: 'text', text: 'Drei Monate. 🎉 '.repeat(20), citations: [location] },
  { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'the "moon"', deep: [1, { a: null }] } },
]
const params = {
  model: 'claude-sonnet-4-6',
  max_tokens: 2_000,
  messages: [{ role: 'user' as const, content: 'How long?' }],
  tools: [{ name: 'look', input_schema: { type: 'object' as const } }],
}
const whole = (options: Parameters<typeof anthropic.messages.create>[1] = keep) =>
  anthropic.messages.create(params, options).withResponse()
const streamed = () => anthropic.messages.stream(params, keep).finalMessage()

test('a message of Anthropic’s own is given again with thinking, citations and tools as they were, whole and as a stream', async () => {
  fake.script({ kind: 'message', content, stopReason: 'tool_use' })
  const first = await whole()
  expect(first.response.headers.get('x-freehold-cache')).toBe('miss')
  const asked = fake.calls.length
  const again = await whole()
  expect(again.response.headers.get('x-freehold-cache')).toBe('hit')
  expect(again.data).toEqual({ ...first.data, id: again.data.id })
  expect(again.data.id).not.toBe(first.data.id)
  const stream = await streamed()
  expect(stream.content).toEqual(first.data.content)
  expect([stream.stop_reason, stream.usage]).toEqual([first.data.stop_reason, first.data.usage])
  expect(fake.calls).toHaveLength(asked)
  const { body } = await ada.call('GET', `/api/v1/usage/${again.data.id.slice('msg_'.length)}`)
  expect(body).toMatchObject({ cache: 'hit', costNanos: '0', model: 'claude-sonnet-4-6' })
})

test('a stream of Anthropic’s own is given again whole', async () => {
  fake.script({ kind: 'message', content, stopReason: 'tool_use' })
  const first = await streamed()
  const again = await whole()
  expect(again.response.headers.get('x-freehold-cache')).toBe('hit')
  expect(again.data.content).toEqual(first.content)
  expect([again.data.stop_reason, again.data.usage]).toEqual([first.stop_reason, first.usage])
})

test('with another beta it is another question, and what paused or was cut off is not kept', async () => {
  for (const stopReason of ['pause_turn', 'max_tokens', 'refusal']) {
    fake.script({ kind: 'message', content, stopReason })
    await whole()
    fake.script({ kind: 'message', content, stopReason })
    await streamed()
  }
  expect((await whole()).response.headers.get('x-freehold-cache')).toBe('miss')
  const beta = { headers: { ...keep.headers, 'anthropic-beta': 'fine-grained-tool-streaming-2025-05-14' } }
  expect((await whole(beta)).response.headers.get('x-freehold-cache')).toBe('miss')
  expect((await whole()).response.headers.get('x-freehold-cache')).toBe('hit')
})

test('an organization that keeps answers keeps messages of temperature 0 without tools, and no others', async () => {
  await ada.call('PATCH', `/api/v1/organizations/${ada.organizationId}/settings`, {
    responseCacheSeconds: 600,
  })
  const { tools: _, ...plain } = params
  const ask = async (fields: object) => {
    const sent = { ...plain, ...fields }
    await anthropic.messages.create(sent)
    return (await anthropic.messages.create(sent).withResponse()).response.headers.get('x-freehold-cache')
  }
  expect([await ask({ temperature: 0 }), await ask({}), await ask({ ...params, temperature: 0 })]).toEqual([
    'hit',
    'bypass',
    'bypass',
  ])
})
