import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { type NameServer, startNameServer } from './adapters/name-server.fixture.ts'
import {
  core,
  createGroup,
  createUser,
  enterprise,
  createTenant as makeTenant,
  patch,
  type Resource,
  type Tenant,
  tie,
} from './provisioning.fixture.ts'

let names: NameServer
let on: TestApp
const createTenant = () => makeTenant({ on, names })

beforeAll(async () => {
  names = await startNameServer()
  on = await createTestApp({ FREEHOLD_DNS_SERVERS: names.address })
})
afterAll(async () => {
  await on.dispose()
  await names.close()
})

describe('a group', () => {
  test('lives, with its members, under its one name', async () => {
    const tenant = await createTenant()
    const [ada, bob] = [await createUser(tenant), await createUser(tenant)]
    const group = await createGroup(tenant, [ada])
    expect(group.members).toEqual([
      { value: ada.id, display: ada.userName, $ref: `http://localhost/scim/v2/Users/${ada.id}` },
    ])
    expect((await tenant.scim('GET', `/Users/${ada.id}`)).body.groups).toMatchObject([
      { value: group.id, display: group.displayName },
    ])
    const path = `/Groups/${group.id}`
    const membersAfter = async (...operations: object[]) => {
      const changed = await tenant.scim('PATCH', path, patch(...operations))
      expect(changed.status, JSON.stringify(changed.body)).toBe(200)
      return changed.body.members.map(({ value }) => value)
    }
    // The same one twice is there once.
    expect(
      await membersAfter({ op: 'Add', path: 'members', value: [{ value: ada.id }, { value: bob.id }] }),
    ).toEqual([ada.id, bob.id])
    expect(await membersAfter({ op: 'remove', path: `members[value eq "${ada.id}"]` })).toEqual([bob.id])
    expect(await membersAfter({ op: 'remove', path: `members[value eq "${newId()}"]` })).toEqual([bob.id])
    expect(await membersAfter({ op: 'add', value: { members: [{ value: ada.id }] } })).toEqual([
      ada.id,
      bob.id,
    ])
    expect(await membersAfter({ op: 'Remove', path: 'members', value: [{ value: ada.id }] })).toEqual([
      bob.id,
    ])
    expect(await membersAfter({ op: 'replace', path: 'members', value: [{ value: ada.id }] })).toEqual([
      ada.id,
    ])
    // Okta renames so.
    const renamed = await tenant.scim(
      'PATCH',
      path,
      patch({ op: 'replace', value: { id: group.id, displayName: 'New' } }),
    )
    expect(renamed.body).toMatchObject({ displayName: 'New', members: [{ value: ada.id }] })
    for (const filter of [
      'displayName eq "new"',
      `members eq "${ada.id}"`,
      `members[value eq "${ada.id}"]`,
    ]) {
      const found = await tenant.scim('GET', `/Groups?filter=${encodeURIComponent(filter)}`)
      expect(
        found.body.Resources.map(({ id }) => id),
        filter,
      ).toEqual([group.id])
    }
    const second = await tenant.scim('POST', '/Groups', { schemas: [`${core}:Group`], displayName: 'NEW' })
    expect(second).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    const replaced = await tenant.scim('PUT', path, { schemas: [`${core}:Group`], displayName: 'Newer' })
    expect(replaced.body).toMatchObject({ displayName: 'Newer', members: [] })
    expect((await tenant.scim('DELETE', path)).status).toBe(204)
    expect((await tenant.scim('GET', path)).status).toBe(404)
    expect(await tenant.actions()).toEqual(
      expect.arrayContaining(['scim_group.create', 'scim_group.change', 'scim_group.delete']),
    )
  })

  test('gives its members the role it is tied to; of several roles the highest counts', async () => {
    const tenant = await createTenant()
    const user = await createUser(tenant)
    const role = () => tenant.roleOf(user.userName)
    const [low, high] = [await createGroup(tenant, [user]), await createGroup(tenant)]
    expect(await role()).toBe('member')
    expect((await tie(tenant, low, { role: 'guest' })).body).toMatchObject({ role: 'guest', memberCount: 1 })
    expect(await role()).toBe('guest')
    await tie(tenant, high, { role: 'admin' })
    expect(await role()).toBe('guest')
    const join = patch({ op: 'add', path: 'members', value: [{ value: user.id }] })
    await tenant.scim('PATCH', `/Groups/${high.id}`, join)
    expect(await role()).toBe('admin')
    await tenant.scim(
      'PATCH',
      `/Groups/${high.id}`,
      patch({ op: 'remove', path: `members[value eq "${user.id}"]` }),
    )
    expect(await role()).toBe('guest')

    const own = await tenant.owner.call<{ id: string }>('GET', '/api/v1/sign-in/groups')
    expect(JSON.stringify(own.body)).toContain(low.id)
    await on.platform.database.query(
      `insert into freehold.roles (organization_id, id, name, permissions, created_at, updated_at)
       values ($1, $2, 'Reader', array['read:documents', 'read:users', 'read:usage', 'read:models', 'read:roles'], now(), now())`,
      [tenant.owner.organizationId, newId()],
    )
    const [made] = await on.platform.database.query(
      `select id from freehold.roles where organization_id = $1 and name = 'Reader'`,
      [tenant.owner.organizationId],
    )
    const tied = await tie(tenant, high, { customRoleId: String(made?.id) })
    expect(tied.body).toMatchObject({ role: null, customRole: { name: 'Reader' } })
    await tenant.scim('PATCH', `/Groups/${high.id}`, join)
    expect(await role()).toBe('Reader')
    // Who comes back has the role of their groups again.
    for (const active of [false, true])
      await tenant.scim('PATCH', `/Users/${user.id}`, patch({ op: 'replace', path: 'active', value: active }))
    expect(await role()).toBe('Reader')
    await tenant.scim('DELETE', `/Groups/${high.id}`)
    expect(await role()).toBe('guest')
    await tie(tenant, low, { role: null })
    expect(await role()).toBe('member')
    expect(await tenant.actions()).toEqual(expect.arrayContaining(['scim_group.tie', 'member.change_role']))
  })

  test('is tied by an owner alone, never by an admin or a machine that provisions', async () => {
    const tenant = await createTenant()
    const group = await createGroup(tenant)
    const clerk = await signUp(on)
    const members = `/api/v1/organizations/${tenant.owner.organizationId}/members`
    const added = await tenant.owner.call('POST', members, { email: clerk.email, role: 'admin' })
    expect(added.status).toBe(201)
    const switched = await clerk.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: tenant.owner.organizationId,
    })
    const token = switched.body.accessToken
    const path = `/api/v1/sign-in/groups/${group.id}`
    for (const body of [{ role: 'admin' }, { role: 'member' }]) {
      const refused = await on.request('PUT', path, { token, body })
      expect(refused.status).toBe(403)
      expect(await refused.json()).toMatchObject({ error: { code: 'forbidden' } })
    }
    expect((await tie(tenant, group, { role: 'admin' })).status).toBe(200)
    expect((await on.request('PUT', path, { token, body: { role: null } })).status).toBe(403)
    expect((await tie(tenant, group, { role: 'owner' })).status).toBe(400)
    expect((await tie(tenant, group, { role: 'guest', customRoleId: newId() })).status).toBe(400)
    expect((await tie(tenant, group, { customRoleId: newId() })).status).toBe(404)
    const machine = await on.request('PUT', path, { token: tenant.key, body: { role: 'admin' } })
    expect(machine.status).toBe(403)
  })
})

test('a role that a group gives cannot be deleted until the group gives another', async () => {
  const tenant = await createTenant()
  const roles = `/api/v1/organizations/${tenant.owner.organizationId}/roles`
  const role = await tenant.owner.call<{ id: string }>('POST', roles, {
    name: 'Auditor',
    permissions: ['read:activity'],
  })
  const group = await createGroup(tenant)
  expect((await tie(tenant, group, { customRoleId: role.body.id })).status).toBe(200)
  expect(await tenant.owner.call('DELETE', `${roles}/${role.body.id}`)).toMatchObject({
    status: 409,
    body: { error: { code: 'organizations.role_in_use', details: { groups: 1 } } },
  })
  await tie(tenant, group, { role: 'guest' })
  expect((await tenant.owner.call('DELETE', `${roles}/${role.body.id}`)).status).toBe(204)
})

describe('Entra ID', () => {
  test('patches with paths into lists, full names, texts for truth and values without a path', async () => {
    const tenant = await createTenant()
    const user = await createUser(tenant, 'ada', { active: 'True', [enterprise]: { manager: 'm-1' } })
    expect(user).toMatchObject({ active: true, [enterprise]: { manager: { value: 'm-1' } } })
    const patched = await tenant.scim(
      'PATCH',
      `/Users/${user.id}`,
      patch(
        { op: 'Add', path: 'emails[type eq "work"].value', value: `ada.work@${tenant.domain}` },
        { op: 'Replace', path: 'name.familyName', value: 'Lovelace' },
        { op: 'Add', path: `${enterprise}:department`, value: 'Engines' },
        { op: 'Replace', path: `${core}:User:displayName`, value: 'Ada L.' },
        { op: 'Replace', value: { 'name.givenName': 'Ada', [`${enterprise}:costCenter`]: '7' } },
        { op: 'Replace', path: 'active', value: 'True' },
      ),
    )
    expect(patched.status, JSON.stringify(patched.body)).toBe(200)
    expect(patched.body).toMatchObject({
      active: true,
      displayName: 'Ada L.',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: expect.arrayContaining([
        expect.objectContaining({ type: 'work', value: `ada.work@${tenant.domain}` }),
      ]),
      [enterprise]: { department: 'Engines', costCenter: '7', manager: { value: 'm-1' } },
    })
    const off = await tenant.scim(
      'PATCH',
      `/Users/${user.id}`,
      patch({ op: 'Replace', path: 'active', value: 'False' }),
    )
    expect(off.body.active).toBe(false)
    for (const [operation, scimType] of [
      [{ op: 'Replace', path: 'nothing', value: 1 }, 'invalidPath'],
      [{ op: 'Replace', path: 'active', value: 'perhaps' }, 'invalidValue'],
      [{ op: 'Invent', path: 'active', value: true }, 'invalidSyntax'],
      [{ op: 'Remove', path: 'userName' }, 'invalidValue'],
      [{ op: 'remove' }, 'noTarget'],
    ] as const) {
      const refused = await tenant.scim('PATCH', `/Users/${user.id}`, patch(operation))
      expect([refused.status, refused.body.scimType], JSON.stringify(operation)).toEqual([400, scimType])
    }
  })
})

describe('an admin whom people made one', () => {
  async function makeAdmin(tenant: Tenant, user: Resource): Promise<void> {
    const members = `/api/v1/organizations/${tenant.owner.organizationId}/members`
    const { body } = await tenant.owner.call<{ data: { email: string; userId: string }[] }>('GET', members)
    const userId = body.data.find(({ email }) => email === user.userName)?.userId
    expect((await tenant.owner.call('PATCH', `${members}/${userId}`, { role: 'admin' })).status).toBe(204)
  }
  test('is neither deactivated nor removed by provisioning, until people make them less', async () => {
    const tenant = await createTenant()
    const user = await createUser(tenant)
    await makeAdmin(tenant, user)
    const deactivate = patch({ op: 'replace', path: 'active', value: false })
    for (const refused of [
      await tenant.scim('PATCH', `/Users/${user.id}`, deactivate),
      await tenant.scim('PUT', `/Users/${user.id}`, { ...user, active: false }),
      await tenant.scim('DELETE', `/Users/${user.id}`),
    ]) {
      expect(refused.status).toBe(409)
      expect(refused.body.detail).toContain('admins whom no group makes one')
    }
    expect(await tenant.roleOf(user.userName)).toBe('admin')
  })

  test('is not made less by a group that gives less, coming, going or being deleted', async () => {
    const tenant = await createTenant()
    const user = await createUser(tenant)
    await makeAdmin(tenant, user)
    const low = await createGroup(tenant)
    await tie(tenant, low, { role: 'guest' })
    const member = [{ value: user.id }]
    await tenant.scim('PATCH', `/Groups/${low.id}`, patch({ op: 'add', path: 'members', value: member }))
    expect(await tenant.roleOf(user.userName)).toBe('admin')
    await tenant.scim('DELETE', `/Groups/${low.id}`)
    expect(await tenant.roleOf(user.userName)).toBe('admin')
  })
})

test('an admin whom a group makes one is removed with their place in the directory', async () => {
  const tenant = await createTenant()
  const user = await createUser(tenant)
  const high = await createGroup(tenant, [user])
  await tie(tenant, high, { role: 'admin' })
  expect(await tenant.roleOf(user.userName)).toBe('admin')
  expect((await tenant.scim('DELETE', `/Users/${user.id}`)).status).toBe(204)
  expect(await tenant.roleOf(user.userName)).toBeUndefined()
})
