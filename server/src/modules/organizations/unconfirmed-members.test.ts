import { afterAll, beforeAll, expect, test } from 'vitest'
import { outcomeOf } from '../../testing/join-organization.ts'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp({ SMTP_URL: 'smtp://mail.example.com' })
})
afterAll(() => on.dispose())

const joins = async (app: TestApp) => {
  const [ada, grace] = [await signUp(app), await signUp(app, 'Grace')]
  const path = `/api/v1/organizations/${ada.organizationId}/invitations`
  const made = await ada.call<{ id: string; link: string | null }>('POST', path, { email: grace.email })
  const letter = app.platform.mail.sent.findLast((one) => one.to === grace.email)
  const link = made.body.link ?? /\S+\/invitation#token=\S+/.exec(letter?.text ?? '')?.[0]
  const token = link?.split('#token=')[1]
  expect((await grace.call('POST', '/api/v1/invitations/accept', { token })).status).toBe(200)
  const { body } = await grace.call('GET', '/api/v1/user/profile')
  return { ada, path, made: made.body, verified: body.emailVerified }
}

test('where letters arrive, the link of an invitation is in the letter alone, and proves the address', async () => {
  const { made, verified } = await joins(on)
  expect(made.link).toBeNull()
  expect(verified).toBe(true)
})

test('without a mail server whoever invites is shown the link, once; it lets in, and proves nobody’s address', async () => {
  const plain = await createTestApp()
  try {
    const { ada, path, made, verified } = await joins(plain)
    expect(made.link).toMatch(/^http:\/\/localhost\/invitation#token=[\w-]{43}$/)
    expect(verified).toBe(false)
    const again = await ada.call<{ id: string; link: string }>('POST', path, { email: 'x@example.com' })
    const listed = await ada.call('GET', path)
    expect(JSON.stringify(listed.body)).not.toContain('token')
    const resent = await ada.call<{ link: string }>('POST', `${path}/${again.body.id}/resend`)
    expect(resent.body.link).toMatch(/#token=/)
    expect(resent.body.link).not.toBe(again.body.link)
    const [audit, rows] = [
      await ada.call('GET', '/api/v1/activity'),
      await plain.platform.database.query('select * from freehold.invitations'),
    ]
    const token = resent.body.link.split('#token=')[1] ?? ''
    expect(JSON.stringify([audit.body, rows])).not.toContain(token)
  } finally {
    await plain.dispose()
  }
})

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
