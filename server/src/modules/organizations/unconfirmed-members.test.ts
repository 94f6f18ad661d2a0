import { afterAll, beforeAll, expect, test } from 'vitest'
import { outcomeOf } from '../../testing/join-organization.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp({ SMTP_URL: 'smtp://mail.example.com' })
})
afterAll(() => on.dispose())

test('where letters arrive, nobody is added by an address that they have not shown to be theirs', async () => {
  const [ada, mallory] = [await signUp(on), await signUp(on, 'Mallory')]
  const path = `/api/v1/organizations/${ada.organizationId}/members`
  const add = () => outcomeOf(ada.call('POST', path, { email: mallory.email, role: 'admin' }))
  expect(await add()).toEqual([409, 'organizations.address_not_confirmed'])
  const letter = on.platform.mail.sent.findLast((one) => one.to === mallory.email)
  const token = /#token=([\w-]+)/.exec(letter?.text ?? '')?.[1]
  await mallory.call('POST', '/api/v1/auth/verify-email', { token })
  expect(await add()).toEqual([201])
})
