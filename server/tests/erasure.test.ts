import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataDirectory } from '../src/platform/config.ts'
import { systemCaller } from '../src/platform/context.ts'
import { withTenant } from '../src/platform/db/transactions.ts'
import { newId } from '../src/platform/ids.ts'
import { type FakeProvider, startFakeProvider } from '../src/testing/fake-provider/fake-provider.ts'
import { createTestApp, signUp, type TestApp } from '../src/testing/test-app.ts'
import { filesHolding, tablesHolding } from './support/erasure/find-canaries.ts'
import { type Life, liveWithCanary } from './support/erasure/live-with-canary.ts'

let on: TestApp
let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({
    FREEHOLD_LOG_LEVEL: 'debug',
    OPENROUTER_API_KEY: 'sk-or-of-tests',
    OPENROUTER_BASE_URL: provider.url,
  })
})
afterAll(async () => {
  await on.dispose()
  await provider.close()
})

/** A word that occurs nowhere else: letters and digits, which no parser, stemmer or redaction touches. */
const newCanary = () => `canary${newId().replaceAll('-', '').slice(12)}`
const dayMs = 86_400_000
const patience = { timeout: 180_000 }

async function runJob(name: string): Promise<void> {
  const job = on.modules.flatMap((module) => module.jobs ?? []).find((one) => one.name === name)
  if (!job) throw new Error(`There is no job ${name}.`)
  await job.handle({}, { jobId: newId(), signal: new AbortController().signal })
}

/** Deletes an organization, as its owner, and waits until it is erased. */
async function erase(life: Pick<Life, 'token' | 'organizationId'>): Promise<void> {
  const { token, organizationId } = life
  const [row] = await on.platform.database.query('select slug from freehold.organizations where id = $1', [
    organizationId,
  ])
  const path = `/api/v1/organizations/${organizationId}`
  const answer = await on.request('DELETE', path, { token, body: { confirm: row?.slug } })
  expect(answer.status).toBe(204)
  on.platform.clock.advance(31 * dayMs)
  await runJob('organizations.erase-deleted')
}

test(
  'nothing that anybody put in is in the log, whatever went wrong with it, at debug level',
  patience,
  async () => {
    const canary = newCanary()
    const before = on.platform.logged.length
    await liveWithCanary(on, provider, canary)
    const lines = on.platform.logged.slice(before)
    expect(lines.length).toBeGreaterThan(100)
    expect(lines.filter((line) => line.toLowerCase().includes(canary))).toEqual([])
  },
)

test('a line with it would be found', () => {
  const canary = newCanary()
  on.platform.logger.debug({ err: new Error(`of ${canary}`) }, 'what is looked for')
  expect(on.platform.logged.filter((line) => line.includes(canary))).toHaveLength(1)
})

describe('once an organization is erased', patience, () => {
  const canary = newCanary()
  let life: Life
  let neighbour: string
  let spent: unknown

  beforeAll(async () => {
    neighbour = newCanary()
    await liveWithCanary(on, provider, neighbour)
    life = await liveWithCanary(on, provider, canary)
    expect(Object.keys(await tablesHolding(on.platform.database, canary))).toEqual(
      expect.arrayContaining(['freehold.audit_entries', 'freehold.documents', 'freehold.passages']),
    )
    expect(await filesHolding(dataDirectory(on.platform.config), canary)).not.toEqual([])
    spent = await spentBy('usage_records', 'organization_id')
    await erase(life)
  }, patience.timeout)

  /** By model: calls and nano-dollars. */
  const spentBy = (table: string, column: string) =>
    on.platform.database.query(
      `select model, ${table === 'usage_records' ? 'count(*)' : 'sum(calls)'}::text as calls, sum(cost_nanos)::text as nanos
       from freehold.${table} where ${column} = $1 group by model order by model`,
      [life.organizationId],
    )

  test('nothing that was put in is in any table but its people’s own, who are there still', async () => {
    const found = await tablesHolding(on.platform.database, canary)
    const ofPeople = ['users', 'sessions', 'account_events', 'known_devices', 'one_time_tokens', 'passkeys']
    expect(Object.keys(found).filter((table) => !ofPeople.includes(table.replace('freehold.', '')))).toEqual(
      [],
    )
  })

  test('its id is nowhere but in the books, where the amounts are what they were', async () => {
    const found = await tablesHolding(on.platform.database, life.organizationId)
    expect(Object.keys(found)).toEqual(['freehold.erased_usage'])
    expect(spent).not.toEqual([])
    expect(await spentBy('erased_usage', 'erased_organization_id')).toEqual(spent)
    expect(await tablesHolding(on.platform.database, life.userId)).not.toHaveProperty('freehold.erased_usage')
  })

  test('no file holds anything of it', async () => {
    expect(await filesHolding(dataDirectory(on.platform.config), canary)).toEqual([])
    expect(await filesHolding(dataDirectory(on.platform.config), life.organizationId)).toEqual([])
  })

  test('no tenant reaches the books', async () => {
    const other = await signUp(on)
    const reading = withTenant(on.platform, systemCaller(other.organizationId, newId()), ({ tx }) =>
      tx.execute('select 1 from freehold.erased_usage'),
    )
    await expect(reading).rejects.toMatchObject({ cause: { code: '42501' } })
  })

  test('what others put in is untouched', async () => {
    const found = await tablesHolding(on.platform.database, neighbour)
    expect(found).toMatchObject({ 'freehold.documents': 2, 'freehold.organizations': 1 })
    expect(await filesHolding(dataDirectory(on.platform.config), neighbour)).not.toEqual([])
  })

  test('and the account of its person is deleted, nothing of them is anywhere', async () => {
    const { email, password } = life
    const signedIn = await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })
    // The contract of signing in.
    const { accessToken } = (await signedIn.json()) as { accessToken: string }
    const gone = await on.request('DELETE', '/api/v1/user/account', {
      token: accessToken,
      body: { password },
    })
    expect(gone.status).toBe(204)
    expect(await tablesHolding(on.platform.database, canary)).toEqual({})
    expect(await tablesHolding(on.platform.database, life.userId)).toEqual({})
  })
})

describe('what erasure leaves out is found', () => {
  const canary = newCanary()
  // The server's role owns the schema of the queue, and may make a table there.
  const left = 'pgboss.left_out'
  afterAll(() => on.platform.database.execute(`drop table if exists ${left}`))

  test.each([
    ['a text', 'text', `'of ${canary}.'`],
    ['a JSON document', 'jsonb', `'{"deep": [{"er": "${canary}"}]}'`],
    ['a list', 'text[]', `array['one', '${canary}']`],
    ['bytes', 'bytea', `'${canary}'::bytea`],
    ['words to search', 'tsvector', `to_tsvector('english', 'those of ${canary}')`],
  ])('in %s of a table nobody thought of', async (_what, type, value) => {
    await on.platform.database.execute(`drop table if exists ${left}; create table ${left} (it ${type})`)
    await on.platform.database.execute(`insert into ${left} values (${value})`)
    expect(await tablesHolding(on.platform.database, canary)).toEqual({ [left]: 1 })
  })
})

test(
  'the calls of a person whose account is deleted stay in the books under one pseudonym',
  patience,
  async () => {
    const [owner, guest] = [await signUp(on), await signUp(on, 'Grace')]
    const path = `/api/v1/organizations/${owner.organizationId}`
    await owner.call('POST', `${path}/members`, { email: guest.email, role: 'member' })
    const switched = await guest.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: owner.organizationId,
    })
    const token = switched.body.accessToken
    const body = { model: 'local/extractive', messages: [{ role: 'user', content: 'What is it?' }] }
    for (let call = 0; call < 3; call++) await on.request('POST', '/v1/chat/completions', { token, body })
    await on.request('POST', '/api/v1/messages', { token, body: { content: 'What is it?' } })
    await on.request('POST', '/v1/chat/completions', { token: owner.token, body })
    const records = async () => {
      await on.gateway.platform.gate.recorded(owner.organizationId)
      return on.platform.database.query(
        `select request_id, user_id, cost_nanos::text, prompt_tokens::text from freehold.usage_records
       where organization_id = $1 order by request_id`,
        [owner.organizationId],
      )
    }
    const before = await records()
    const theirs = (rows: typeof before, userId: unknown) => rows.filter((row) => row.user_id === userId)
    expect(theirs(before, guest.userId).length).toBeGreaterThanOrEqual(4)
    // Their own organization goes first: they are its last owner.
    await erase({ token: guest.token, organizationId: guest.organizationId })
    const signedIn = await on.request('POST', '/api/v1/auth/signin', {
      body: { email: guest.email, password: 'correct horse battery' },
    })
    // The contract of signing in.
    const { accessToken } = (await signedIn.json()) as { accessToken: string }
    const gone = await on.request('DELETE', '/api/v1/user/account', {
      token: accessToken,
      body: { password: 'correct horse battery' },
    })
    expect(gone.status).toBe(204)
    const after = await records()
    const others = [...new Set(after.map((row) => row.user_id))].filter((id) => id !== owner.userId)
    expect(others).toHaveLength(1)
    expect(others[0]).toMatch(/^[\da-f-]{36}$/)
    expect(theirs(after, others[0])).toEqual(
      theirs(before, guest.userId).map((row) => ({ ...row, user_id: others[0] })),
    )
    expect(theirs(after, owner.userId)).toEqual(theirs(before, owner.userId))
    expect(await tablesHolding(on.platform.database, guest.email)).toEqual({})
    // The audit log keeps which entries were one person's, by an id that names nobody; conversations are gone.
    expect(Object.keys(await tablesHolding(on.platform.database, guest.userId))).toEqual([
      'freehold.audit_entries',
    ])
  },
)
