import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outcomeOf } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { makePrompt, type ShownPrompt, versionOf } from './prompts.fixture.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

interface Move {
  label: string
  from: number | null
  to: number | null
  canary: { version: number; percent: number } | null
  movedBy: { name: string } | null
}

async function movesOf(ada: Actor, path: string): Promise<Move[]> {
  return (await ada.call<{ data: Move[] }>('GET', `${path}/label-moves?limit=200`)).body.data
}

const pairs = (moves: readonly Move[]) => moves.map(({ from, to }) => [from, to])

test('a label is put, moved, rolled back and taken off, and its history says who, from where and to where', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one', 'two'])
  const at = `${path}/labels/production`
  await ada.call('PUT', at, { version: 1 })
  expect(await ada.call('PUT', at, { version: 2 })).toMatchObject({
    status: 200,
    body: { label: 'production', version: 2, canary: null },
  })
  await ada.call('PUT', at, { version: 1 })
  expect((await ada.call('DELETE', at)).status).toBe(204)
  const moves = await movesOf(ada, path)
  expect(pairs(moves)).toEqual([
    [1, null],
    [2, 1],
    [1, 2],
    [null, 1],
  ])
  expect(moves.every(({ label, movedBy }) => label === 'production' && movedBy?.name === 'Ada')).toBe(true)
  expect((await ada.call('GET', path)).body).toMatchObject({ labels: [] })
  expect(await outcomeOf(ada.call('DELETE', at))).toEqual([404, 'prompts.label_not_found'])
})

test('a label that stands where it is put does not move', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one'])
  for (let time = 0; time < 3; time++) await ada.call('PUT', `${path}/labels/staging`, { version: 1 })
  expect(pairs(await movesOf(ada, path))).toEqual([[null, 1]])
})

test('a canary is begun, promoted, and called off', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one', 'two', 'three'])
  const at = `${path}/labels/production`
  const canary = { version: 2, percent: 10 }
  expect((await ada.call('PUT', at, { version: 1, canary })).body).toMatchObject({ version: 1, canary })
  expect((await ada.call('PUT', at, { version: 2 })).body).toMatchObject({ version: 2, canary: null })
  await ada.call('PUT', at, { version: 2, canary: { version: 3, percent: 50 } })
  expect((await ada.call('PUT', at, { version: 2 })).body).toMatchObject({ version: 2, canary: null })
  expect((await movesOf(ada, path)).map((move) => move.canary)).toEqual([
    null,
    { version: 3, percent: 50 },
    null,
    canary,
  ])
})

test.each([0, 100, 1.5, -1])('a canary of %d percent is refused', async (percent) => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one', 'two'])
  const put = ada.call('PUT', `${path}/labels/production`, { version: 1, canary: { version: 2, percent } })
  expect(await outcomeOf(put)).toEqual([400, 'validation_failed'])
})

test('a label stands on no version that is not there', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one'])
  for (const body of [{ version: 2 }, { version: 1, canary: { version: 2, percent: 5 } }])
    expect(await outcomeOf(ada.call('PUT', `${path}/labels/production`, body))).toEqual([
      404,
      'prompts.version_not_found',
    ])
})

test.each(['latest', 'Production', 'a b', '1st', 'x'.repeat(41)])('no label is called %j', async (label) => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one'])
  const put = ada.call('PUT', `${path}/labels/${encodeURIComponent(label)}`, { version: 1 })
  expect(await outcomeOf(put)).toEqual([400, 'validation_failed'])
})

test('who thinks that a label stands elsewhere does not move it', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one', 'two', 'three'])
  const at = `${path}/labels/production`
  expect((await ada.call('PUT', at, { version: 1, expectedVersion: null })).status).toBe(200)
  expect((await ada.call('PUT', at, { version: 2, expectedVersion: 1 })).status).toBe(200)
  expect(await outcomeOf(ada.call('PUT', at, { version: 3, expectedVersion: 1 }))).toEqual([
    409,
    'prompts.label_moved',
  ])
  expect((await ada.call<ShownPrompt>('GET', path)).body.labels).toMatchObject([{ version: 2 }])
})

test('there are at most twenty labels', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one'])
  for (let label = 0; label < 20; label++) await ada.call('PUT', `${path}/labels/l${label}`, { version: 1 })
  expect(await outcomeOf(ada.call('PUT', `${path}/labels/more`, { version: 1 }))).toEqual([
    409,
    'limit_reached',
  ])
  expect((await ada.call('PUT', `${path}/labels/l3`, { version: 1 })).status).toBe(200)
})

// On PGlite the transactions come one after the other; with several connections they meet.
describe('at once', () => {
  const sixteen = Array.from({ length: 16 }, (_none, index) => index)

  test('sixteen new versions get sixteen numbers, and each is what was sent under it', async () => {
    const ada = await signUp(on)
    const { path } = await makePrompt(ada, 'triage', ['one'])
    const answers = await Promise.all(
      sixteen.map((index) =>
        ada.call<{ number: number; messages: { content: string }[] }>(
          'POST',
          `${path}/versions`,
          versionOf(`text ${index}`),
        ),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(sixteen.map(() => 201))
    const numbers = answers.map(({ body }) => body.number).toSorted((one, other) => one - other)
    expect(numbers).toEqual(sixteen.map((index) => index + 2))
    for (const [index, { body }] of answers.entries()) {
      const stored = await ada.call('GET', `${path}/versions/${body.number}`)
      expect(stored.body).toMatchObject({ messages: [{ content: `text ${index}` }] })
    }
    expect((await ada.call('GET', path)).body).toMatchObject({ latestVersion: 17 })
  })

  test('sixteen moves of a label are one chain that ends where it stands', async () => {
    const ada = await signUp(on)
    const { path } = await makePrompt(ada, 'triage', ['1', '2', '3', '4'])
    await Promise.all(
      sixteen.map((index) => ada.call('PUT', `${path}/labels/production`, { version: 1 + (index % 4) })),
    )
    const { body } = await ada.call<ShownPrompt>('GET', path)
    const byTime = (
      await on.platform.database.query(
        `select from_version, to_version from freehold.prompt_label_moves m
         join freehold.prompts p on p.id = m.prompt_id where p.id = $1`,
        [path.split('/').at(-1)],
      )
    ).map((row) => [row.from_version, row.to_version])
    // Each version is left as often as it was reached, but for the first and the last.
    const balance = new Map<unknown, number>()
    for (const [from, to] of byTime) {
      balance.set(from, (balance.get(from) ?? 0) - 1)
      balance.set(to, (balance.get(to) ?? 0) + 1)
    }
    const standing = body.labels[0]?.version
    expect([...balance].filter(([, count]) => count !== 0)).toEqual(
      expect.arrayContaining([
        [null, -1],
        [standing, 1],
      ]),
    )
    expect([...balance].filter(([, count]) => count !== 0)).toHaveLength(2)
    expect(byTime.every(([from, to]) => from !== to)).toBe(true)
  })

  test('of sixteen that expect the label where it stood, one moves it', async () => {
    const ada = await signUp(on)
    const { path } = await makePrompt(ada, 'triage', ['1', '2'])
    const at = `${path}/labels/production`
    await ada.call('PUT', at, { version: 1 })
    const answers = await Promise.all(
      sixteen.map(() => ada.call('PUT', at, { version: 2, expectedVersion: 1 })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(409)])
  })

  test('sixteen prompts of one name are one prompt', async () => {
    const ada = await signUp(on)
    const answers = await Promise.all(
      sixteen.map(() => ada.call('POST', '/api/v1/prompts', { name: 'same', version: versionOf('x') })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(15).fill(409)])
  })
})
