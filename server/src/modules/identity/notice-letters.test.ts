import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, lettersTo, tokenFor } from './identity.fixture.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
afterAll(() => on.dispose())

const words = (index: number) => `horse battery stapled ${index}`

/** Changes the password so many times, each of which is told by a letter. */
async function changePasswords(ada: Awaited<ReturnType<typeof signUp>>, first: string, times: number) {
  let currentPassword = first
  for (let index = 0; index < times; index++) {
    const newPassword = words(index)
    const { status } = await ada.call('POST', '/api/v1/user/password', { currentPassword, newPassword })
    expect(status).toBe(204)
    currentPassword = newPassword
    // Attempts of one account are slowed; that is not what this is about.
    on.platform.clock.advance(3_000)
  }
  return lettersTo(on, ada.email).filter(({ subject }) => subject === 'Your password was changed').length
}

test('a stranger’s address that somebody signed up with gets few letters of what happens to that account', async () => {
  const stranger = await signUp(on)
  expect(await changePasswords(stranger, 'correct horse battery', 14)).toBeLessThan(13)
  const dropped = on.platform.logged.filter((line) => line.includes('a letter was dropped'))
  expect(dropped.length).toBeGreaterThan(0)
  expect(dropped.join('')).not.toContain(stranger.email)
})

test('who has confirmed an address is told of everything, whatever else was sent there', async () => {
  const ada = await signUp(on)
  const password = 'correct horse battery'
  const token = tokenFor(on, ada.email, 'verify-email')
  expect(
    (await ask(on, 'POST', '/api/v1/auth/verify-email', { body: { token, password } })).status,
  ).toBeLessThan(300)
  for (let letters = 0; letters < 70; letters++)
    await on.platform.mail.sendAsSystem({} as never, { to: ada.email, subject: 's', text: 't', html: 'h' }) // kept in memory
  expect(lettersTo(on, ada.email).length, 'other letters are limited').toBeLessThan(70)
  expect(await changePasswords(ada, password, 14)).toBe(14)
})
