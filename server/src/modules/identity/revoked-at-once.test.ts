import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

/** Bob as an admin of Ada's organization, with a token for it. */
async function adminOf(ada: Awaited<ReturnType<typeof signUp>>) {
  const bob = await signUp(on, 'Bob')
  const members = `/api/v1/organizations/${ada.organizationId}/members`
  await ada.call('POST', members, { email: bob.email, role: 'admin' })
  const { body } = await bob.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
    organizationId: ada.organizationId,
  })
  const makeKey = () =>
    on.request('POST', '/api/v1/api-keys', { token: body.accessToken, body: { name: 'mine' } })
  return { bob, members, makeKey, token: body.accessToken }
}

test('a removed admin can do nothing with the token they still hold', async () => {
  const ada = await signUp(on)
  const { bob, members, makeKey } = await adminOf(ada)
  expect((await makeKey()).status).toBe(201)
  expect((await ada.call('DELETE', `${members}/${bob.userId}`)).status).toBe(204)
  expect((await makeKey()).status).toBe(403)
})

test('a demoted admin holds at once what the new role holds', async () => {
  const ada = await signUp(on)
  const { bob, members, makeKey, token } = await adminOf(ada)
  await ada.call('PATCH', `${members}/${bob.userId}`, { role: 'member' })
  expect((await makeKey()).status).toBe(403)
  expect((await on.request('GET', '/api/v1/api-keys', { token })).status).toBe(200)
})

test('a token ends with its session', async () => {
  const ada = await signUp(on)
  expect((await ada.call('POST', '/api/v1/auth/signout')).status).toBe(204)
  expect((await ada.call('GET', '/api/v1/api-keys')).status).toBe(401)
})
