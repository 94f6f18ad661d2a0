import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { actionsOf, callerOf, joinOrganization, outcomeOf } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
let owner: Actor
beforeAll(async () => {
  on = await createTestApp()
})
beforeEach(async () => {
  owner = await signUp(on)
})
afterAll(() => on.dispose())

const path = (rest: string) => `/api/v1/organizations/${owner.organizationId}/${rest}`
const transfer = (from: Pick<Actor, 'call'>, userId: string) =>
  outcomeOf(from.call('POST', path('transfer'), { userId }))
const leave = (person: Actor) => outcomeOf(person.call('DELETE', path(`members/${person.userId}`)))

async function rolesNow(): Promise<Record<string, unknown>> {
  const rows = await on.platform.database.query(
    'select user_id, role from freehold.memberships where organization_id = $1',
    [owner.organizationId],
  )
  return Object.fromEntries(rows.map((row) => [row.user_id, row.role]))
}

describe('handing the organization over', () => {
  test('makes the other an owner and oneself an admin, at once', async () => {
    const grace = await joinOrganization(on, owner, { role: 'member' })
    expect(await transfer(owner, grace.userId)).toEqual([204])
    expect(await rolesNow()).toEqual({ [owner.userId]: 'admin', [grace.userId]: 'owner' })
    expect(await transfer(owner, grace.userId)).toEqual([403, 'forbidden'])
    expect(await transfer(grace, owner.userId)).toEqual([204])
  })

  test('is for owners alone: neither an admin nor a key does it', async () => {
    const admin = await joinOrganization(on, owner, { role: 'admin' })
    const { body } = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    for (const other of [admin, { call: callerOf(on, body.key) }])
      expect(await transfer(other, admin.userId)).toEqual([403, 'forbidden'])
  })

  test('to oneself or to nobody who belongs here is refused', async () => {
    const eve = await signUp(on, 'Eve')
    expect(await transfer(owner, owner.userId)).toEqual([422, 'organizations.already_owner'])
    for (const id of [eve.userId, newId()])
      expect(await transfer(owner, id)).toEqual([404, 'organizations.member_not_found'])
  })

  test('to two people at once makes one of them an owner', async () => {
    const one = await joinOrganization(on, owner, { role: 'member' })
    const two = await joinOrganization(on, owner, { role: 'member' })
    const outcomes = await Promise.all([transfer(owner, one.userId), transfer(owner, two.userId)])
    expect(outcomes.filter(([status]) => status === 204)).toHaveLength(1)
    expect(Object.values(await rolesNow()).filter((role) => role === 'owner')).toHaveLength(1)
  })

  test('between two owners at once leaves an owner', async () => {
    const second = await joinOrganization(on, owner, { role: 'owner' })
    await Promise.all([transfer(owner, second.userId), transfer(second, owner.userId)])
    expect(Object.values(await rolesNow())).toContain('owner')
  })
})

describe('leaving', () => {
  test('is everybody’s own decision, and ends what they could do there', async () => {
    const guest = await joinOrganization(on, owner, { role: 'guest' })
    const admin = await joinOrganization(on, owner, { role: 'admin' })
    const { body } = await admin.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'mine' })
    expect(await leave(guest)).toEqual([204])
    expect(await leave(admin)).toEqual([204])
    expect(await rolesNow()).toEqual({ [owner.userId]: 'owner' })
    expect((await guest.call('GET', '/api/v1/models')).status).toBe(403)
    expect((await callerOf(on, body.key)('GET', '/api/v1/usage')).status).toBe(401)
  })

  test('and coming back does not wake the keys of before', async () => {
    const admin = await joinOrganization(on, owner, { role: 'admin' })
    const { body } = await admin.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'mine' })
    expect((await callerOf(on, body.key)('GET', '/api/v1/usage')).status).toBe(200)
    await leave(admin)
    on.platform.clock.advance(1_000)
    await owner.call('POST', path('members'), { email: admin.email, role: 'admin' })
    expect((await callerOf(on, body.key)('GET', '/api/v1/usage')).status).toBe(401)
  })

  test('by both owners at the same moment leaves one', async () => {
    const second = await joinOrganization(on, owner, { role: 'owner' })
    const outcomes = await Promise.all([leave(owner), leave(second)])
    expect(outcomes.toSorted()).toEqual([[204], [409, 'organizations.last_owner']])
    expect(Object.values(await rolesNow())).toEqual(['owner'])
  })
})

test('what is decided about members is in the activity', async () => {
  const grace = await joinOrganization(on, owner, { role: 'member' })
  const guest = await joinOrganization(on, owner, { role: 'guest' })
  await owner.call('PATCH', path(`members/${grace.userId}`), { role: 'admin' })
  await leave(guest)
  await owner.call('DELETE', path(`members/${grace.userId}`))
  const heir = await joinOrganization(on, owner, { role: 'admin' })
  await transfer(owner, heir.userId)
  expect(await actionsOf(owner)).toEqual([
    'organization.transfer',
    'organization.transfer',
    'member.add',
    'member.remove',
    'member.leave',
    'member.change_role',
    'member.add',
    'member.add',
    'organization.create',
  ])
  const { body } = await owner.call<{ data: unknown[] }>('GET', '/api/v1/activity')
  expect(body.data.slice(0, 2)).toMatchObject([
    { entity: { id: owner.userId }, changes: { role: { from: 'owner', to: 'admin' } } },
    { entity: { id: heir.userId }, changes: { role: { from: 'admin', to: 'owner' } } },
  ])
})
