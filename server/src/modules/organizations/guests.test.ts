import { afterAll, beforeAll, expect, test } from 'vitest'
import { permissionsOfRole } from '../../platform/auth/permissions.ts'
import { joinOrganization } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
let owner: Actor
let guest: Actor
beforeAll(async () => {
  on = await createTestApp()
  owner = await signUp(on)
  guest = await joinOrganization(on, owner, { role: 'guest' })
})
afterAll(() => on.dispose())

test('a guest holds what concerns their own account, the organization’s name, and the list of models', () => {
  expect([...permissionsOfRole('guest')].toSorted()).toEqual([
    'delete:account',
    'read:models',
    'read:organization',
    'read:profile',
    'update:profile',
  ])
})

test('a guest reads nothing that the organization holds, and changes nothing', async () => {
  const own = `/api/v1/organizations/${owner.organizationId}`
  const asked = await owner.call<{ conversation: { id: string } }>('POST', '/api/v1/messages', {
    content: 'Hello?',
  })
  expect(asked.status).toBe(201)
  const conversation = `/api/v1/conversations/${asked.body.conversation.id}`
  const refused = [
    ['GET', `${own}/members`],
    ['GET', `${own}/roles`],
    ['GET', `${own}/invitations`],
    ['GET', '/api/v1/service-accounts'],
    ['GET', '/api/v1/api-keys'],
    ['GET', '/api/v1/activity'],
    ['GET', '/api/v1/usage'],
    ['GET', '/api/v1/usage/records'],
    ['GET', '/api/v1/budgets'],
    ['GET', '/api/v1/collections'],
    ['GET', '/api/v1/documents'],
    ['POST', '/api/v1/search'],
    ['GET', '/api/v1/conversations'],
    ['GET', conversation],
    ['GET', `${conversation}/messages`],
    ['POST', '/api/v1/messages'],
    ['POST', '/v1/chat/completions'],
    ['PATCH', own],
    ['DELETE', own],
    ['POST', `${own}/members`],
    ['POST', `${own}/invitations`],
    ['POST', '/api/v1/api-keys'],
  ] as const
  const statuses: Record<string, number> = {}
  for (const [method, path] of refused) {
    const body = method === 'GET' ? undefined : {}
    statuses[`${method} ${path}`] = (await guest.call(method, path, body)).status
  }
  expect(statuses).toEqual(Object.fromEntries(refused.map(([method, path]) => [`${method} ${path}`, 403])))
})

test('a guest sees the organization’s name, the models, and may leave', async () => {
  const own = `/api/v1/organizations/${owner.organizationId}`
  expect((await guest.call('GET', own)).status).toBe(200)
  expect((await guest.call('GET', '/api/v1/models')).status).toBe(200)
  expect((await guest.call('DELETE', `${own}/members/${guest.userId}`)).status).toBe(204)
})
