import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../src/testing/fake-provider/fake-provider.ts'
import type { Budget, Model, Page } from './support/contract.ts'
import { eventually } from './support/eventually.ts'
import { type Installation, onPostgres, startInstallation } from './support/installation.ts'
import { type Person, request, signUp } from './support/person.ts'

/**
 * The money over four server processes on one PostgreSQL: budgets of the organization, of a key and of a project, and
 * prepaid credits, all at once and all too small for what is asked.
 */
const pricing = { prompt: '0.000002', completion: '0.000008' }
const processes = 4
const callsAtOnce = 500

describe.skipIf(!onPostgres)('the money over four processes (needs FREEHOLD_TEST_DATABASE=postgres)', () => {
  let provider: FakeProvider
  let nodes: Installation[]
  let ada: Person
  let database: pg.Client

  beforeAll(async () => {
    provider = await startFakeProvider({
      models: [{ id: 'fake-large', pricing, context_length: 32_000 }],
    })
    const one = await startInstallation({
      FREEHOLD_URL: 'http://freehold.example',
      OPENAI_BASE_URL: provider.url,
      FREEHOLD_DEFAULT_MODEL: 'fake-large',
      FREEHOLD_REQUESTS_PER_MINUTE: '1000000',
    })
    nodes = [one]
    for (let count = 1; count < processes; count++)
      nodes.push(
        await startInstallation({ ...one.environment, FREEHOLD_DATA_DIR: `${one.dataDir}-${count}` }),
      )
    // The first who signs up operates the installation.
    ada = await signUp(one)
    database = new pg.Client({ connectionString: one.environment.DATABASE_URL })
    await database.connect()
  }, 180_000)
  afterAll(async () => {
    await database?.end()
    for (const node of nodes?.toReversed() ?? []) await node.dispose()
    await provider?.close()
  })

  async function chat(index: number, key: string, project?: string): Promise<number> {
    const at = nodes[index % processes]
    const answer = await fetch(`${at?.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(project === undefined ? {} : { 'openai-project': project }),
      },
      body: JSON.stringify({
        model: 'fake-large',
        max_tokens: 50,
        messages: [{ role: 'user', content: `call ${index}` }],
      }),
    })
    await answer.arrayBuffer()
    return answer.status
  }

  async function untilPriced(key: string): Promise<void> {
    const headers = { authorization: `Bearer ${key}` }
    for (const at of nodes)
      await eventually(
        async () => (await request<Page<Model>>(at, '/api/v1/models', { headers })).body.data,
        (models) => models.some(({ id, notice }) => id === 'fake-large' && notice === null),
      )
  }

  /** What is settled and held of each, and by how much that is more than its limit, at one moment. */
  async function snapshot() {
    const { rows } = await database.query<{ id: string; spent: string; held: string; over: string }>(
      `select id, settled_nanos::text as spent, held_nanos::text as held,
          (settled_nanos + held_nanos - limit_nanos)::text as over from freehold.budgets where hard`,
    )
    return rows.map(({ id, spent, held, over }) => ({
      id,
      spent: BigInt(spent),
      held: BigInt(held),
      over: BigInt(over),
    }))
  }

  test('500 calls at once overrun neither of three budgets nor the credits, and the books have each call that the provider saw', {
    timeout: 120_000,
  }, async () => {
    const keys = [await ada.newApiKey(), await ada.newApiKey()] as const
    for (const { key } of keys) await untilPriced(key)
    const project = await ada.call<{ id: string; slug: string }>('POST', '/api/v1/projects', {
      name: 'Hot',
    })
    expect(project.status).toBe(201)
    const usd = (nanos: bigint) => `0.${nanos.toString().padStart(9, '0')}`
    const makeBudget = (about: object, limitNanos: bigint) =>
      ada.call<Budget>('POST', '/api/v1/budgets', {
        ...about,
        limitUsd: usd(limitNanos),
        window: 'lifetime',
      })
    expect(await chat(0, keys[0].key)).toBe(200)
    const [first] = await eventually(
      () => ada.usageRecords(),
      (records) => records.length === 1,
    )
    const each = BigInt(first?.costNanos ?? 0)
    expect(each).toBeGreaterThan(0n)
    // Of 500 calls half are with each key, and half of those are for the project: each of them is too little.
    const about = [
      [{}, 221n],
      [{ apiKeyId: keys[0].id }, 121n],
      [{ projectId: project.body.id }, 120n],
    ] as const
    for (const [part, calls] of about) expect((await makeBudget(part, calls * each)).status).toBe(201)
    const organizationId = ada.session.organization?.id
    const granted = await ada.call('POST', '/api/v1/admin/credits', {
      organizationId,
      amountUsd: usd(210n * each),
    })
    expect(granted.status).toBe(201)

    const worst: bigint[] = []
    let isCalling = true
    const watching = (async () => {
      while (isCalling) {
        worst.push(...(await snapshot()).map(({ over }) => over))
        await sleep(10)
      }
    })()
    const statuses = await Promise.all(
      Array.from({ length: callsAtOnce }, (_, index) => {
        const { key } = keys[index % 8 < 4 ? 0 : 1]
        return chat(index, key, index % 16 < 8 ? project.body.slug : undefined)
      }),
    )
    isCalling = false
    await watching

    const count = (status: number) => statuses.filter((one) => one === status).length
    expect(count(402)).toBeGreaterThan(callsAtOnce - 221)
    expect(count(200)).toBeGreaterThan(20)
    // A machine that is busy with something else may have let it wait too long.
    expect(count(200) + count(402) + count(503)).toBe(callsAtOnce)
    expect(worst.length).toBeGreaterThan(4)
    expect(worst.filter((over) => over > 0n)).toEqual([])

    const seen = provider.calls.filter(({ path }) => path.endsWith('/chat/completions')).length
    expect(seen).toBe(count(200) + 1)
    const records = await eventually(
      () => ada.usageRecords(),
      (some) => some.length >= seen,
    )
    expect(records).toHaveLength(seen)
    // What nodes held beyond their calls has gone back: nothing is held any more, and nothing was lost.
    const last = await eventually(snapshot, (rows) => rows.every(({ held }) => held === 0n), {
      withinMs: 20_000,
    })
    expect(last).toHaveLength(4)
    expect(last.filter(({ over }) => over > 0n)).toEqual([])
    const spent = records.reduce((sum, { costNanos }) => sum + BigInt(costNanos), 0n)
    // The credits were granted after the first call.
    const totals = last.map((row) => row.spent)
    expect(totals).toContain(spent)
    expect(totals).toContain(spent - each)
  })
})
