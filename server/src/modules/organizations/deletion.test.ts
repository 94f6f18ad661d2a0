import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import {
  actionsOf,
  callerOf,
  joinOrganization,
  outcomeOf,
  type Refusal,
  signInAgain,
} from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { setOrganizationDeleted } from './operate-organizations.ts'

let on: TestApp
let owner: Actor
let slug: string
beforeAll(async () => {
  on = await createTestApp()
})
beforeEach(async () => {
  owner = await signUp(on)
  slug = String((await owner.call('GET', path())).body.slug)
})
afterAll(() => on.dispose())

const dayMs = 86_400_000
const path = (rest = '') => `/api/v1/organizations/${owner.organizationId}${rest}`
const remove = (by: Pick<Actor, 'call'>, confirm = slug) => outcomeOf(by.call('DELETE', path(), { confirm }))
const restore = (by: Pick<Actor, 'call'>) => outcomeOf(by.call('POST', path('/restore')))
const eraseJob = () =>
  on.modules.flatMap((module) => module.jobs ?? []).find((one) => one.name === 'organizations.erase-deleted')
const erase = () => eraseJob()?.handle({}, { jobId: newId(), signal: new AbortController().signal })

interface Listed {
  data: { id: string; deletedAt: string | null; erasedAfter: string | null }[]
}

async function listed(by: Pick<Actor, 'call'>, deleted: boolean) {
  return (await by.call<Listed>('GET', `/api/v1/organizations?deleted=${deleted}`)).body.data
}

describe('a deleted organization', () => {
  test('is one that nobody and no key acts in, from that moment', async () => {
    const member = await joinOrganization(on, owner, { role: 'member' })
    const own = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'mine' })
    const account = await owner.call<{ id: string }>('POST', '/api/v1/service-accounts', { name: 'CI' })
    const machine = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', {
      name: 'its',
      serviceAccountId: account.body.id,
    })
    const keys = [own, machine].map(({ body }) => callerOf(on, body.key))
    const statuses = () =>
      Promise.all(
        [owner.call, member.call, ...keys].map(async (call) => (await call('GET', '/api/v1/usage')).status),
      )
    const token = await on.request('POST', '/api/v1/auth/token', { token: own.body.key })
    const { accessToken } = (await token.json()) as { accessToken: string } // the contract of the exchange
    expect(await statuses()).toEqual([200, 200, 200, 200])
    expect(await remove(owner)).toEqual([204])
    expect(await statuses()).toEqual([403, 403, 401, 401])
    expect((await callerOf(on, accessToken)('GET', '/api/v1/usage')).status).toBe(401)
    expect(
      await outcomeOf(member.call('POST', '/api/v1/auth/switch', { organizationId: owner.organizationId })),
    ).toEqual([404, 'identity.not_a_member'])
    expect(await listed(owner, false)).toEqual([])
  })

  test('was named by whoever deleted it, and only an owner can', async () => {
    const admin = await joinOrganization(on, owner, { role: 'admin' })
    const { body } = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    expect(await remove(admin)).toEqual([403, 'forbidden'])
    expect(await remove({ call: callerOf(on, body.key) })).toEqual([403, 'forbidden'])
    expect(await remove(owner, "Ada's")).toEqual([422, 'organizations.confirmation_wrong'])
    expect(await outcomeOf(owner.call('DELETE', path()))).toEqual([400, 'malformed_json'])
    expect((await owner.call('GET', path())).status).toBe(200)
  })

  test('is listed for its owners with the day until which it can be restored, and comes back whole', async () => {
    const member = await joinOrganization(on, owner, { role: 'member' })
    const { body } = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    await remove(owner)
    const [shown] = await listed(owner, true)
    expect(shown?.id).toBe(owner.organizationId)
    const [from, to] = [Date.parse(shown?.deletedAt ?? ''), Date.parse(shown?.erasedAfter ?? '')]
    expect(to - from).toBe(30 * dayMs)
    expect(await listed(member, true)).toEqual([])
    expect(await restore(member)).toEqual([403, 'organizations.owners_only'])
    expect(await restore(await signUp(on, 'Eve'))).toEqual([404, 'organizations.not_found'])
    expect(await restore(owner)).toEqual([200])
    expect(await listed(owner, true)).toEqual([])
    for (const call of [owner.call, member.call, callerOf(on, body.key)])
      expect((await call('GET', '/api/v1/usage')).status).toBe(200)
    // Doing it once more changes nothing.
    expect(await restore(owner)).toEqual([200])
    expect((await actionsOf(owner)).slice(0, 2)).toEqual(['organization.restore', 'organization.delete'])
  })

  test('by those who run the installation is theirs to restore, and not its owner’s', async () => {
    const operator = systemCaller(owner.organizationId, newId())
    await setOrganizationDeleted(on.platform, operator, owner.organizationId, true)
    expect(await listed(owner, true)).toEqual([])
    expect(await restore(owner)).toEqual([403, 'organizations.deleted_by_operator'])
    await setOrganizationDeleted(on.platform, operator, owner.organizationId, false)
    expect(await restore(owner)).toEqual([200])
  })

  test('takes no invitation in', async () => {
    const person = await signUp(on, 'Grace')
    await owner.call('POST', path('/invitations'), { email: person.email })
    const letter = on.platform.mail.sent.findLast((one) => one.to === person.email)
    const token = /#token=([\w-]+)/.exec(letter?.text ?? '')?.[1]
    await remove(owner)
    const { status, body } = await person.call<Refusal>('POST', '/api/v1/invitations/accept', { token })
    expect([status, body.error.details]).toEqual([410, { reason: 'organization_deleted' }])
  })
})

describe('after thirty days', () => {
  async function upload(): Promise<void> {
    const form = new FormData()
    form.set('file', new Blob(['# Zanzibar\n\nA report.\n']), 'report.md')
    const answer = await on.request('POST', '/api/v1/documents', { token: owner.token, body: form })
    expect(answer.status).toBe(202)
  }

  async function filesOf(organizationId: string): Promise<string[]> {
    const keys: string[] = []
    for await (const { key } of on.platform.storage.list(`org/${organizationId}/`)) keys.push(key)
    return keys
  }

  /** How many rows each table holds of the organization, those with none left out. */
  async function rowsOf(organizationId: string): Promise<Record<string, number>> {
    const tables = await on.platform.database.query(
      `select table_name as name from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = 'freehold' and column_name = 'organization_id' and table_type = 'BASE TABLE'
         and table_name not in ('sessions', 'refresh_tokens')`,
    )
    const found: Record<string, number> = {}
    for (const { name } of tables) {
      const [row] = await on.platform.database.query(
        `select count(*)::int as count from freehold.${String(name)} where organization_id = $1`,
        [organizationId],
      )
      if (Number(row?.count) > 0) found[String(name)] = Number(row?.count)
    }
    return found
  }

  test('everything of it is erased, rows and files, and nothing of anybody else', async () => {
    const other = await signUp(on, 'Grace')
    await joinOrganization(on, owner, { role: 'member' })
    await owner.call('POST', path('/roles'), { name: 'Auditor', permissions: ['read:activity'] })
    await owner.call('POST', path('/invitations'), { email: 'somebody@example.com' })
    await owner.call('POST', '/api/v1/service-accounts', { name: 'CI' })
    await owner.call('POST', '/api/v1/api-keys', { name: 'CI' })
    await upload()
    const before = await rowsOf(owner.organizationId)
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining([
        'documents',
        'memberships',
        'organization_keys',
        'audit_entries',
        'invitations',
      ]),
    )
    expect(await filesOf(owner.organizationId)).toHaveLength(1)
    const others = await rowsOf(other.organizationId)
    await remove(owner)
    on.platform.clock.advance(29 * dayMs)
    await erase()
    expect(await rowsOf(owner.organizationId)).toMatchObject({ documents: 1 })
    on.platform.clock.advance(dayMs + 1_000)
    const again = await signInAgain(on, owner)
    expect(await restore(again)).toEqual([410, 'organizations.restore_too_late'])
    await erase()
    expect(await rowsOf(owner.organizationId)).toEqual({})
    expect(await filesOf(owner.organizationId)).toEqual([])
    expect(await rowsOf(other.organizationId)).toEqual(others)
    expect(await restore(again)).toEqual([404, 'organizations.not_found'])
  })

  test('one that was restored in time stays', async () => {
    await remove(owner)
    expect(await restore(owner)).toEqual([200])
    on.platform.clock.advance(31 * dayMs)
    await erase()
    expect((await (await signInAgain(on, owner)).call('GET', path())).status).toBe(200)
  })

  test('is looked for every night', () => {
    expect(eraseJob()?.schedule).toMatch(/^\d+ \d+ \* \* \*$/)
  })
})
