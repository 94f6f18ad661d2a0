import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
let ada: Actor
beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
})
afterAll(() => on.dispose())

const ask = async () => {
  const body = { messages: [{ role: 'user', content: 'hello' }], model: 'local/extractive' }
  return (await ada.call('POST', '/v1/chat/completions', body)).status
}
const allow = (allowedModels: string[] | null) =>
  ada.call('PATCH', `/api/v1/organizations/${ada.organizationId}/settings`, { allowedModels })

test('a model that is taken away is refused to the next call, and one given back is there', async () => {
  expect(await ask()).toBe(200)
  expect((await allow(['local/embedding'])).status).toBe(200)
  expect(await ask()).toBe(403)
  expect((await allow(null)).status).toBe(200)
  expect(await ask()).toBe(200)
})

test('another organization has its own', async () => {
  const bob = await signUp(on, 'Bob')
  expect((await allow(['local/embedding'])).status).toBe(200)
  expect(await ask()).toBe(403)
  const body = { messages: [{ role: 'user', content: 'hello' }], model: 'local/extractive' }
  expect((await bob.call('POST', '/v1/chat/completions', body)).status).toBe(200)
  expect(await ask()).toBe(403)
})
