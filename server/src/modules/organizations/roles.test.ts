import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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

let on: TestApp
let owner: Actor
beforeAll(async () => {
  on = await createTestApp()
})
beforeEach(async () => {
  owner = await signUp(on)
})
afterAll(() => on.dispose())

interface CustomRole {
  id: string
  name: string
  permissions: string[]
  memberCount: number
}

const rolesPath = () => `/api/v1/organizations/${owner.organizationId}/roles`
const membersPath = () => `/api/v1/organizations/${owner.organizationId}/members`

async function makeRole(name: string, permissions: string[]): Promise<CustomRole> {
  const { status, body } = await owner.call<CustomRole>('POST', rolesPath(), { name, permissions })
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

describe('the list of permissions', () => {
  test('says of each what it is for, the least role that holds it, and whether a role can be made of it', async () => {
    interface Listed {
      data: { name: string; description: string; leastRole: string | null; grantable: boolean }[]
    }
    const { status, body } = await owner.call<Listed>('GET', '/api/v1/permissions')
    expect(status).toBe(200)
    const named = Object.fromEntries(body.data.map((one) => [one.name, one]))
    expect(named['manage:users']).toMatchObject({ leastRole: 'admin', grantable: true })
    expect(named['manage:owners']).toMatchObject({ leastRole: 'owner', grantable: false })
    expect(named['system:admin']).toMatchObject({ leastRole: null, grantable: false })
    expect(body.data.filter((one) => one.description === '')).toEqual([])
  })
})

describe('a role of the organization’s own', () => {
  test('gives those who have it what it lists and nothing else, and what it becomes at once', async () => {
    const auditor = await makeRole('Auditor', ['read:activity', 'read:users'])
    const grace = await joinOrganization(on, owner, { customRoleId: auditor.id })
    const statuses = async () => [
      (await grace.call('GET', '/api/v1/activity')).status,
      (await grace.call('GET', membersPath())).status,
      (await grace.call('GET', '/api/v1/documents')).status,
      (await grace.call('GET', '/api/v1/user/profile')).status,
    ]
    expect(await statuses()).toEqual([200, 200, 403, 200])
    const changed = await owner.call<CustomRole>('PATCH', `${rolesPath()}/${auditor.id}`, {
      permissions: ['read:documents'],
    })
    expect(changed).toMatchObject({ status: 200, body: { permissions: ['read:documents'], memberCount: 1 } })
    expect(await statuses()).toEqual([403, 403, 200, 200])
  })

  test('is given, shown and taken again', async () => {
    const auditor = await makeRole('Auditor', ['read:activity'])
    const grace = await joinOrganization(on, owner, { role: 'member' })
    const path = `${membersPath()}/${grace.userId}`
    const shown = async () => {
      const { body } = await owner.call<{ data: { userId: string; role: string; customRole: unknown }[] }>(
        'GET',
        membersPath(),
      )
      const { role, customRole } = body.data.find((one) => one.userId === grace.userId) ?? {}
      return { role, customRole }
    }
    expect(await outcomeOf(owner.call('PATCH', path, { customRoleId: auditor.id }))).toEqual([204])
    expect(await shown()).toEqual({ role: 'member', customRole: { id: auditor.id, name: 'Auditor' } })
    expect(await outcomeOf(owner.call('PATCH', path, { role: 'guest' }))).toEqual([204])
    expect(await shown()).toEqual({ role: 'guest', customRole: null })
    expect(await outcomeOf(owner.call('PATCH', path, { role: 'admin', customRoleId: auditor.id }))).toEqual([
      400,
      'validation_failed',
    ])
    expect(await outcomeOf(owner.call('PATCH', path, { customRoleId: newId() }))).toEqual([
      404,
      'organizations.role_not_found',
    ])
  })

  test('has a name that no other has, and not a built-in one', async () => {
    await makeRole('Auditor', [])
    for (const name of ['auditor', 'Owner', ' admin ']) {
      expect(await outcomeOf(owner.call('POST', rolesPath(), { name, permissions: [] }))).toEqual([
        409,
        'organizations.role_name_taken',
      ])
    }
    const other = await makeRole('Reader', [])
    expect(await outcomeOf(owner.call('PATCH', `${rolesPath()}/${other.id}`, { name: 'AUDITOR' }))).toEqual([
      409,
      'organizations.role_name_taken',
    ])
  })

  test('cannot be made of what belongs to people alone, or does not exist', async () => {
    const { status, body } = await owner.call<Refusal>('POST', rolesPath(), {
      name: 'All',
      permissions: ['read:usage', 'manage:owners', 'system:admin', 'fly:planes'],
    })
    expect([status, body.error.code, body.error.details]).toEqual([
      422,
      'organizations.permission_not_grantable',
      { permissions: ['manage:owners', 'system:admin', 'fly:planes'] },
    ])
  })

  test('in use cannot be removed, and the refusal counts who uses it', async () => {
    const role = await makeRole('Auditor', ['read:activity'])
    const path = `${rolesPath()}/${role.id}`
    const grace = await joinOrganization(on, owner, { customRoleId: role.id })
    await owner.call('POST', '/api/v1/service-accounts', { name: 'CI', customRoleId: role.id })
    await owner.call('POST', `/api/v1/organizations/${owner.organizationId}/invitations`, {
      email: `${newId()}@example.com`,
      customRoleId: role.id,
    })
    const refused = await owner.call<Refusal>('DELETE', path)
    expect([refused.status, refused.body.error.code, refused.body.error.details]).toEqual([
      409,
      'organizations.role_in_use',
      { members: 1, serviceAccounts: 1, invitations: 1, groups: 0 },
    ])
    await owner.call('DELETE', `${membersPath()}/${grace.userId}`)
    const { body } = await owner.call<{ data: { id: string }[] }>('GET', '/api/v1/service-accounts')
    await owner.call('DELETE', `/api/v1/service-accounts/${body.data[0]?.id}`)
    expect(await outcomeOf(owner.call('DELETE', path))).toEqual([409, 'organizations.role_in_use'])
    // An invitation that has run out holds no role back.
    on.platform.clock.advance(8 * 86_400_000)
    const again = await signInAgain(on, owner)
    expect(await outcomeOf(again.call('DELETE', path))).toEqual([204])
  })

  test('of another organization is answered as one that never was', async () => {
    const eve = await signUp(on, 'Eve')
    const theirs = await eve.call<CustomRole>('POST', `/api/v1/organizations/${eve.organizationId}/roles`, {
      name: 'x',
      permissions: [],
    })
    const grace = await joinOrganization(on, owner, { role: 'member' })
    for (const id of [theirs.body.id, newId()]) {
      for (const asked of [
        owner.call('PATCH', `${rolesPath()}/${id}`, { name: 'mine' }),
        owner.call('DELETE', `${rolesPath()}/${id}`),
        owner.call('PATCH', `${membersPath()}/${grace.userId}`, { customRoleId: id }),
      ]) {
        expect(await outcomeOf(asked)).toEqual([404, 'organizations.role_not_found'])
      }
    }
  })
})

describe('nobody raises anybody, or themselves,', () => {
  test('by a role that holds more than they do', async () => {
    const editor = await makeRole('Editor', ['manage:roles', 'manage:users', 'read:roles'])
    const powerful = await makeRole('Powerful', ['manage:budgets', 'read:roles'])
    const grace = await joinOrganization(on, owner, { customRoleId: editor.id })
    const other = await joinOrganization(on, owner, { role: 'guest' })
    const refusals = [
      // Making one, making one's own stronger, touching a stronger one, giving it to oneself or another.
      grace.call('POST', rolesPath(), { name: 'Mine', permissions: ['manage:budgets'] }),
      grace.call('PATCH', `${rolesPath()}/${editor.id}`, { permissions: ['manage:roles', 'manage:budgets'] }),
      grace.call('PATCH', `${rolesPath()}/${powerful.id}`, { permissions: [] }),
      grace.call('DELETE', `${rolesPath()}/${powerful.id}`),
      grace.call('PATCH', `${membersPath()}/${grace.userId}`, { customRoleId: powerful.id }),
      grace.call('PATCH', `${membersPath()}/${other.userId}`, { customRoleId: powerful.id }),
    ]
    for (const refused of refusals) expect(await outcomeOf(refused)).toEqual([403, 'exceeds_own_permissions'])
    expect(
      await outcomeOf(grace.call('POST', rolesPath(), { name: 'Less', permissions: ['manage:users'] })),
    ).toEqual([201])
  })

  test('by manage:users alone: neither admin nor member is given, and no admin is removed', async () => {
    const role = await makeRole('Greeter', ['manage:users', 'read:users'])
    const greeter = await joinOrganization(on, owner, { customRoleId: role.id })
    const admin = await joinOrganization(on, owner, { role: 'admin' })
    const guest = await joinOrganization(on, owner, { role: 'guest' })
    const newcomer = await signUp(on)
    const invitations = `/api/v1/organizations/${owner.organizationId}/invitations`
    const refusals = [
      greeter.call('POST', membersPath(), { email: newcomer.email, role: 'admin' }),
      greeter.call('POST', invitations, { email: newcomer.email, role: 'admin' }),
      greeter.call('POST', invitations, { email: newcomer.email, role: 'member' }),
      greeter.call('PATCH', `${membersPath()}/${greeter.userId}`, { role: 'admin' }),
      greeter.call('PATCH', `${membersPath()}/${guest.userId}`, { role: 'admin' }),
      greeter.call('PATCH', `${membersPath()}/${admin.userId}`, { role: 'guest' }),
      greeter.call('DELETE', `${membersPath()}/${admin.userId}`),
    ]
    for (const refused of refusals) expect(await outcomeOf(refused)).toEqual([403, 'exceeds_own_permissions'])
    expect(
      await outcomeOf(greeter.call('PATCH', `${membersPath()}/${greeter.userId}`, { role: 'owner' })),
    ).toEqual([403, 'organizations.owners_only'])
  })

  test('by a key: it holds at most what its maker does, and gives no more', async () => {
    const role = await makeRole('Builder', ['manage:api_keys', 'manage:users', 'manage:roles', 'read:usage'])
    const builder = await joinOrganization(on, owner, { customRoleId: role.id })
    const made = await builder.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    const byKey = callerOf(on, made.body.key)
    const newcomer = await signUp(on)
    expect((await byKey('GET', '/api/v1/usage')).status).toBe(200)
    expect((await byKey('GET', '/api/v1/activity')).status).toBe(403)
    for (const refused of [
      byKey('POST', membersPath(), { email: newcomer.email, role: 'admin' }),
      byKey('POST', rolesPath(), { name: 'More', permissions: ['read:activity'] }),
    ]) {
      expect(await outcomeOf(refused)).toEqual([403, 'exceeds_own_permissions'])
    }
    expect(
      await outcomeOf(byKey('POST', '/api/v1/api-keys', { name: 'more', scopes: ['read:activity'] })),
    ).toEqual([403, 'api_keys.scope_not_held'])
  })
})

test('what is decided about roles is in the activity', async () => {
  const { id } = await makeRole('Auditor', ['read:activity'])
  await owner.call('PATCH', `${rolesPath()}/${id}`, { name: 'Reader', permissions: [] })
  await owner.call('DELETE', `${rolesPath()}/${id}`)
  const { body } = await owner.call<{ data: unknown[] }>('GET', '/api/v1/activity')
  const actor = { kind: 'user', id: owner.userId }
  expect(body.data.slice(0, 3)).toMatchObject([
    { action: 'role.delete', actor, entity: { type: 'role', id }, changes: { name: 'Reader' } },
    {
      action: 'role.change',
      changes: {
        name: { from: 'Auditor', to: 'Reader' },
        permissions: { from: ['read:activity'], to: [] },
      },
    },
    { action: 'role.create', changes: { name: 'Auditor', permissions: ['read:activity'] } },
  ])
  expect(await actionsOf(owner)).toHaveLength(4)
})
