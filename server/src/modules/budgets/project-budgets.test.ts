import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let provider: FakeProvider
let on: TestApp
let ada: Actor
beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({ OPENROUTER_API_KEY: 'sk-or-of-tests', OPENROUTER_BASE_URL: provider.url })
  ada = await signUp(on)
})
afterAll(async () => {
  await on.dispose()
  await provider.close()
})

interface Made {
  id: string
  slug: string
}

const make = async (name: string) => (await ada.call<Made>('POST', '/api/v1/projects', { name })).body
const model = 'openai/gpt-4o-mini'

async function call(project: string | undefined, fields: Record<string, unknown> = {}) {
  const answer = await on.request('POST', '/v1/chat/completions', {
    token: ada.token,
    headers: project === undefined ? {} : { 'openai-project': project },
    body: { model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }], ...fields },
  })
  // OpenAI's shape of an error.
  const body = (await answer.json()) as { error?: { code: string; message: string } }
  return { status: answer.status, body, requestId: answer.headers.get('x-request-id') ?? '' }
}

test('a hard budget of a project refuses its calls and no others, and says which project', async () => {
  const [poor, rich] = [await make('Poor'), await make('Rich')]
  const budget = await ada.call<{ id: string; about: Record<string, unknown> }>('POST', '/api/v1/budgets', {
    projectId: poor.id,
    limitUsd: '0',
  })
  expect(budget.body.about.project).toEqual({ id: poor.id, name: 'Poor' })
  const refused = await call(poor.slug)
  expect(refused).toMatchObject({ status: 402, body: { error: { code: 'budget_exceeded' } } })
  expect(refused.body.error?.message).toContain('project Poor')
  expect((await call(rich.slug)).status).toBe(200)
  expect((await call(undefined)).status).toBe(200)
})

test('what a project has spent counts when its budget is made later, and settles in it to the nano-dollar', async () => {
  const { id, slug } = await make('Counted')
  provider.script({ kind: 'answer', tokens: { prompt: 1_000, completion: 100 } })
  expect((await call(slug)).status).toBe(200)
  await call(undefined)
  const cost = 1_000n * 150n + 100n * 600n
  const made = await ada.call<{ id: string; settledNanos: string }>('POST', '/api/v1/budgets', {
    projectId: id,
    limitUsd: '1',
  })
  expect(BigInt(made.body.settledNanos)).toBe(cost)
  provider.script({ kind: 'answer', tokens: { prompt: 1_000, completion: 100 } })
  await call(slug)
  const now = await ada.call<{ settledNanos: string; heldNanos: string }>(
    'GET',
    `/api/v1/budgets/${made.body.id}`,
  )
  expect(now.body).toMatchObject({ settledNanos: String(2n * cost), heldNanos: '0' })
})

test('a budget of a project and a tag counts calls that have both, and the explanation says so', async () => {
  const { id, slug } = await make('Both')
  const { body: budget } = await ada.call<{ id: string }>('POST', '/api/v1/budgets', {
    projectId: id,
    tag: 'nightly',
    limitUsd: '1',
  })
  const tagged = { metadata: { freehold_tag: 'nightly' } }
  const countedIn = async (requestId: string) => {
    const told = await ada.call<{ budgets: { id: string; about: string[] }[] }>(
      'GET',
      `/api/v1/usage/${requestId}`,
    )
    return told.body.budgets.find((one) => one.id === budget.id)?.about
  }
  expect(await countedIn((await call(slug, tagged)).requestId)).toEqual(['project', 'tag'])
  expect(await countedIn((await call(slug)).requestId)).toBeUndefined()
  expect(await countedIn((await call(undefined, tagged)).requestId)).toBeUndefined()
})

test('another organization’s project has no budget here', async () => {
  const stranger = await signUp(on)
  const theirs = await stranger.call<Made>('POST', '/api/v1/projects', { name: 'Theirs' })
  const made = await ada.call('POST', '/api/v1/budgets', { projectId: theirs.body.id, limitUsd: '1' })
  expect(made).toMatchObject({ status: 404, body: { error: { code: 'budgets.subject_not_found' } } })
})
