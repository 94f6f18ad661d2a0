import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../testing/test-app.ts'

let on: TestApp
let ada: Actor
let provisioningKey: string
beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  const { body } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys', {
    name: 'SCIM',
    scopes: ['manage:provisioning'],
  })
  provisioningKey = body.key
})
afterAll(() => on.dispose())

const deep = (field: string, open: string, close: string) =>
  `{"userName":"a@example.com","displayName":"g","schemas":[],"model":"local/extractive","${field}":${open.repeat(10_000)}1${close.repeat(10_000)}}`

test.each([
  ['POST', '/scim/v2/Users', 'emails'],
  ['POST', '/scim/v2/Groups', 'members'],
  ['PATCH', '/scim/v2/Users/00000000-0000-7000-8000-000000000000', 'Operations'],
  ['POST', '/api/v1/api-keys', 'scopes'],
  ['POST', '/api/v1/auth/signin', 'email'],
  ['POST', '/api/v1/auth/passkey/verify', 'response'],
  ['POST', '/v1/chat/completions', 'messages'],
  ['POST', '/v1/chat/completions', 'tools'],
])('%s %s with %s nested ten thousand deep is refused as not valid', async (method, path, field) => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"\\ud83d":', '}'],
  ] as const) {
    const response = await on.request(method, path, {
      token: path.startsWith('/scim/') ? provisioningKey : ada.token,
      body: deep(field, open, close),
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('deep')
  }
})
