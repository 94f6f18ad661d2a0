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

const path = '/api/v1/service-accounts'

interface ServiceAccount {
  id: string
  name: string
  role: string
  customRole: { id: string; name: string } | null
  disabled: boolean
}

async function make(more: object = {}, by: Actor = owner): Promise<ServiceAccount> {
  const { status, body } = await by.call<ServiceAccount>('POST', path, { name: `CI ${newId()}`, ...more })
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

async function keyOf(account: ServiceAccount): Promise<Actor['call']> {
  const { body } = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', {
    name: 'its key',
    serviceAccountId: account.id,
  })
  return callerOf(on, body.key)
}

describe('a service account', () => {
  test('is made, listed, changed and deleted; its keys go with it', async () => {
    const account = await make({ role: 'admin' })
    expect(account).toMatchObject({ role: 'admin', customRole: null, disabled: false })
    const call = await keyOf(account)
    expect((await call('GET', '/api/v1/activity')).status).toBe(200)
    expect(await owner.call('GET', path)).toMatchObject({ body: { data: [account], nextCursor: null } })
    const renamed = await owner.call('PATCH', `${path}/${account.id}`, { name: 'Deploy', role: 'member' })
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Deploy', role: 'member' } })
    expect((await call('GET', '/api/v1/activity')).status).toBe(403)
    expect(await outcomeOf(owner.call('DELETE', `${path}/${account.id}`))).toEqual([204])
    expect((await call('GET', '/api/v1/usage')).status).toBe(401)
    expect(await outcomeOf(owner.call('DELETE', `${path}/${account.id}`))).toEqual([
      404,
      'organizations.service_account_not_found',
    ])
  })

  test('that is disabled opens nothing at once, and enabled again what it did', async () => {
    const account = await make()
    const call = await keyOf(account)
    const status = async () => (await call('GET', '/api/v1/usage')).status
    expect(await status()).toBe(200)
    await owner.call('PATCH', `${path}/${account.id}`, { disabled: true })
    expect(await status()).toBe(401)
    await owner.call('PATCH', `${path}/${account.id}`, { description: 'of the build' })
    expect(await status()).toBe(401)
    await owner.call('PATCH', `${path}/${account.id}`, { disabled: false })
    expect(await status()).toBe(200)
  })

  test('holds what its custom role lists, and nothing that belongs to people', async () => {
    const role = await owner.call<{ id: string }>(
      'POST',
      `/api/v1/organizations/${owner.organizationId}/roles`,
      {
        name: 'Counter',
        permissions: ['read:usage'],
      },
    )
    const call = await keyOf(await make({ customRoleId: role.body.id }))
    expect((await call('GET', '/api/v1/usage')).status).toBe(200)
    expect((await call('GET', '/api/v1/documents')).status).toBe(403)
    expect((await call('GET', '/api/v1/user/profile')).status).toBe(403)
  })

  test('is no owner, and has a name that no other has', async () => {
    await make({ name: 'CI' })
    expect(await outcomeOf(owner.call('POST', path, { name: 'x', role: 'owner' }))).toEqual([
      400,
      'validation_failed',
    ])
    const taken = [409, 'organizations.service_account_name_taken']
    expect(await outcomeOf(owner.call('POST', path, { name: 'ci' }))).toEqual(taken)
    const other = await make({ name: 'other' })
    expect(await outcomeOf(owner.call('PATCH', `${path}/${other.id}`, { name: 'CI' }))).toEqual(taken)
  })
})

test('nobody makes, changes, enables or deletes one that can do more than they can', async () => {
  const roles = `/api/v1/organizations/${owner.organizationId}/roles`
  const role = await owner.call<{ id: string }>('POST', roles, {
    name: 'Operator',
    permissions: ['manage:service_accounts', 'read:service_accounts', 'manage:api_keys'],
  })
  const operator = await joinOrganization(on, owner, { customRoleId: role.body.id })
  const strong = await make({ role: 'admin' })
  await owner.call('PATCH', `${path}/${strong.id}`, { disabled: true })
  const weak = await make({ customRoleId: role.body.id })
  for (const refused of [
    operator.call('POST', path, { name: 'mine', role: 'member' }),
    operator.call('PATCH', `${path}/${strong.id}`, { disabled: false }),
    operator.call('PATCH', `${path}/${weak.id}`, { role: 'admin' }),
    operator.call('DELETE', `${path}/${strong.id}`),
  ]) {
    expect(await outcomeOf(refused)).toEqual([403, 'exceeds_own_permissions'])
  }
  // A key made for a stronger account does no more than whoever made it.
  await owner.call('PATCH', `${path}/${strong.id}`, { disabled: false })
  const made = await operator.call<{ key: string }>('POST', '/api/v1/api-keys', {
    name: 'through it',
    serviceAccountId: strong.id,
  })
  const call = callerOf(on, made.body.key)
  expect((await call('GET', '/api/v1/activity')).status).toBe(403)
  expect((await call('GET', path)).status).toBe(200)
})

test('what is decided about service accounts is in the activity', async () => {
  const { id } = await make({ name: 'CI' })
  await owner.call('PATCH', `${path}/${id}`, { name: 'Deploy', disabled: true })
  await owner.call('DELETE', `${path}/${id}`)
  expect(await actionsOf(owner)).toEqual([
    'service_account.delete',
    'service_account.change',
    'service_account.create',
    'organization.create',
  ])
  const { body } = await owner.call<{ data: unknown[] }>('GET', '/api/v1/activity')
  expect(body.data[1]).toMatchObject({
    actor: { kind: 'user', id: owner.userId },
    entity: { type: 'service_account', id },
    changes: { name: { from: 'CI', to: 'Deploy' }, disabled: { from: false, to: true } },
  })
})
