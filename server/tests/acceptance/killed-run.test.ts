import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../src/testing/fake-provider/fake-provider.ts'
import type { Page, UsageRecord } from './support/contract.ts'
import { eventually } from './support/eventually.ts'
import { type Installation, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/** kill -9 in the middle of a run: the next process goes on with it from its last step. */

/** Where several nodes share a database, a silent one counts as alive for this long. */
const recoveredWithinMs = 90_000

let provider: FakeProvider
let at: Installation
let ada: Person

beforeAll(async () => {
  provider = await startFakeProvider({
    models: [{ id: 'fake-large', pricing: { prompt: '0.000002', completion: '0.000008' } }],
  })
  at = await startInstallation({ OPENAI_BASE_URL: provider.url, FREEHOLD_DEFAULT_MODEL: 'fake-large' })
  ada = await signUp(at)
}, 120_000)
afterAll(async () => {
  await at?.dispose()
  await provider?.close()
})

interface Run {
  id: string
  state: string
  output: { text: string } | null
  modelCalls: number
}

const chats = () => provider.calls.filter(({ path }) => path.endsWith('/chat/completions'))

test('a run goes on after kill -9 from its last step: no finished call is asked again, and each is billed once', async () => {
  const made = await ada.call<{ id: string }>('POST', '/api/v1/assistants', {
    name: 'Helper',
    tools: ['list_conversations'],
  })
  provider.script(
    { kind: 'tool_call', name: 'list_conversations', arguments: {} },
    { kind: 'tool_call', name: 'list_conversations', arguments: { limit: 5 } },
    { kind: 'hang' },
  )
  const started = await ada.call<Run>('POST', '/api/v1/runs', { assistantId: made.body.id, input: 'Go.' })
  await eventually(
    async () => chats().length,
    (count) => count === 3,
  )
  await at.kill()
  provider.script({ kind: 'answer', text: 'Arrived.' })
  await at.start()
  await ada.signIn()
  const run = await eventually(
    async () => (await ada.call<Run>('GET', `/api/v1/runs/${started.body.id}`)).body,
    ({ state }) => !['queued', 'running'].includes(state),
    { withinMs: recoveredWithinMs, everyMs: 250 },
  )
  expect(run).toMatchObject({ state: 'done', modelCalls: 3, output: { text: 'Arrived.' } })
  // The provider saw the two that had finished once each, the one that was cut off, and the one in its place.
  expect(chats().map(({ state }) => state)).toEqual(['finished', 'finished', 'aborted', 'finished'])
  const records = await eventually(
    async () => (await ada.call<Page<UsageRecord>>('GET', '/api/v1/usage/records')).body.data,
    (all) => all.filter(({ purpose }) => purpose === 'assistant').length >= 3,
  )
  const ofRun = records.filter(({ purpose }) => purpose === 'assistant')
  const steps = await ada.call<Page<{ kind: string; requestId: string }>>(
    'GET',
    `/api/v1/runs/${run.id}/steps`,
  )
  const asked = steps.body.data.filter(({ kind }) => kind === 'model').map(({ requestId }) => requestId)
  expect(asked).toHaveLength(3)
  expect(ofRun.map(({ requestId }) => requestId).sort()).toEqual(asked.sort())
}, 180_000)
