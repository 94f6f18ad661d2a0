import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { linkInLetter } from './support/letters.ts'
import { describeSite } from './support/site.ts'
import { totpCode } from './support/totp.ts'

/** The ways into an account, and what is said to those who do not get in. */

/** Two cores may be busy with others. */
const patiently = { timeout: 15_000 }

describeSite('Signing in', { withModel: false }, (site) => {
  let operator: Person
  beforeAll(async () => {
    operator = await site.signUp('Ada Lovelace')
  })

  describe.each(['desktop', 'phone'] as const)('the second factor on a %s', (size) => {
    test('is switched on with an app, asked for from then on, and lets a recovery code in once', async () => {
      site.allow(401, '/api/v1/auth/two-factor')
      site.allow(422, '/api/v1/user/two-factor/confirm')
      const grace = await site.signUp('Grace Hopper')
      const page = await site.visit(size, '/account/security', { as: grace })
      await page.getByRole('button', { name: 'Switch on', exact: true }).click()
      const password = page.getByRole('dialog').getByLabel('Your password', { exact: true })
      await password.fill(grace.password)
      await page.keyboard.press('Enter')
      await page.getByRole('img', { name: 'Picture code for an authenticator app' }).waitFor()
      const secret = (await page.getByTestId('two-factor-secret').textContent()) ?? ''
      expect(secret).toMatch(/^[A-Z2-7]{32}$/)
      const code = page.getByLabel('Code of the app')
      await code.fill(wrongOf(totpCode(secret)))
      await page.keyboard.press('Enter')
      await page
        .getByRole('alert')
        .getByText(/code is wrong/i)
        .waitFor()
      await code.fill(totpCode(secret))
      await page.getByRole('button', { name: 'Switch it on' }).click()

      const shown = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
      await shown.first().waitFor()
      const codes = await shown.allTextContents()
      expect(new Set(codes).size).toBe(10)
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download' }).click()
      const file = await readFile(await (await download).path(), 'utf8')
      for (const one of codes) expect(file).toContain(one)
      await page.getByRole('button', { name: 'I have kept them' }).click()
      await page.getByText(/^On since/).waitFor()
      await page.getByText('10 recovery codes left.').waitFor()

      const elsewhere = await site.visit(size, '/signin?redirect=/account/activity')
      await typePassword(elsewhere, grace)
      await elsewhere.getByRole('heading', { name: 'One more step' }).waitFor()
      const asked = elsewhere.getByLabel('Code', { exact: true })
      await asked.fill(wrongOf(totpCode(secret, 1)))
      await elsewhere.getByRole('alert').getByText('4 tries are left.').waitFor()
      await expect.poll(() => asked.inputValue(), patiently).toBe('')
      // The code of the confirmation is spent; the next one counts already. The last digit sends it.
      await asked.pressSequentially(totpCode(secret, 1))
      await elsewhere.waitForURL('**/account/activity')
      await elsewhere.getByText('You signed in with your password and a code of the app').first().waitFor()

      const lostPhone = await site.visit(size, '/signin')
      await typePassword(lostPhone, grace)
      await lostPhone.getByRole('button', { name: 'Use a recovery code' }).click()
      await lostPhone.getByLabel('Recovery code').fill(codes[0] ?? '')
      await lostPhone.keyboard.press('Enter')
      await lostPhone.getByRole('heading', { name: /^Good / }).waitFor()
      await lostPhone.goto('/account/security')
      await lostPhone.getByText('9 recovery codes left.').waitFor()

      await lostPhone.getByRole('button', { name: 'New recovery codes' }).click()
      await lostPhone.getByLabel('Your password', { exact: true }).fill(grace.password)
      await lostPhone.keyboard.press('Enter')
      const renewed = lostPhone.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
      await expect.poll(() => renewed.count(), patiently).toBe(10)
      expect(await renewed.allTextContents()).not.toContain(codes[1])
      await lostPhone.getByRole('button', { name: 'I have kept them' }).click()
      await lostPhone.getByRole('button', { name: 'Switch off' }).click()
      await lostPhone.getByLabel('Your password', { exact: true }).fill(grace.password)
      await lostPhone.keyboard.press('Enter')
      await lostPhone.getByRole('button', { name: 'Switch on', exact: true }).waitFor()
    })
  })

  test('a second step that began elsewhere opens with its token, which leaves the address', async () => {
    const linus = await site.signUp('Linus')
    const begun = await linus.call<{ secret: string }>('POST', '/api/v1/user/two-factor', {
      password: linus.password,
    })
    const { secret } = begun.body
    const code = totpCode(secret)
    expect((await linus.call('POST', '/api/v1/user/two-factor/confirm', { code })).status).toBe(204)
    const { email, password } = linus
    const first = await linus.call<{ twoFactorToken: string }>('POST', '/api/v1/auth/signin', {
      email,
      password,
    })
    const page = await site.visit(
      'desktop',
      `/sign-in#two-factor=${first.body.twoFactorToken}&return-to=/account/sessions`,
    )
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await expect.poll(() => page.url(), patiently).not.toContain(first.body.twoFactorToken)
    await page.getByLabel('Code', { exact: true }).fill(totpCode(secret, 1))
    await page.waitForURL('**/account/sessions')
    await page.goBack()
    expect(page.url()).not.toContain(first.body.twoFactorToken)
  })

  test('single sign-on that failed is explained in a sentence', async () => {
    const page = await site.visit('phone', '/sign-in?sso_error=foreign_domain')
    await page
      .getByRole('alert')
      .getByText(/not of a domain/)
      .waitFor()
    await page.goto('/sign-in?sso_error=something_new')
    await page
      .getByRole('alert')
      .getByText(/did not succeed/)
      .waitFor()
  })

  test('a passkey is made, signs in, is renamed and removed', async () => {
    const alan = await site.signUp('Alan Turing')
    const page = await site.visit('desktop', '/account/security', { as: alan })
    await addAuthenticator(page)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Laptop')
    await page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill(alan.password)
    await page.getByRole('button', { name: 'Make the passkey' }).click()
    const kept = page.getByRole('list', { name: 'Your passkeys' }).getByRole('listitem')
    await kept.getByText('Laptop').waitFor()

    await page.context().clearCookies()
    await page.goto('/signin')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('heading', { name: /^Good .*, Alan/ }).waitFor()

    await page.goto('/account/security')
    await kept.getByText(/^Last used/).waitFor()
    await kept.getByRole('button', { name: 'Actions for Laptop' }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Old laptop')
    await page.keyboard.press('Enter')
    await kept.getByText('Old laptop').waitFor()
    await kept.getByRole('button', { name: 'Actions for Old laptop' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Remove the passkey' }).click()
    await page.getByText('None yet.').waitFor()

    site.allow(401, '/api/v1/auth/passkey/verify')
    await page.context().clearCookies()
    await page.goto('/signin')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page
      .getByRole('alert')
      .getByText(/not accepted/)
      .waitFor()
  })

  test('too many wrong passwords: says how long to wait, and takes no further try until then', async () => {
    site.allow(401, '/api/v1/auth/signin')
    site.allow(429, '/api/v1/auth/signin')
    const barbara = await site.signUp('Barbara Liskov')
    const page = await site.visit('phone', '/signin')
    const button = page.getByRole('button', { name: 'Sign in', exact: true })
    await page.getByLabel('E-mail').fill(barbara.email)
    const limited = page.getByRole('alert').getByText('Too many attempts')
    await expect
      .poll(
        async () => {
          await page.getByLabel('Password', { exact: true }).fill(`wrong ${Math.random()}`)
          const answered = page.waitForResponse('**/api/v1/auth/signin')
          await button.click()
          return (await answered).status()
        },
        { timeout: 60_000 },
      )
      .toBe(429)
    await limited.waitFor()
    await page
      .getByRole('timer')
      .getByText(/^Try again in \d+ seconds?\.$/)
      .waitFor()
    expect(await button.isDisabled()).toBe(true)
    await page.getByText('You can try again now.').waitFor({ timeout: 60_000 })
    await page.getByLabel('Password', { exact: true }).fill(barbara.password)
    await button.click()
    await page.getByRole('heading', { name: /^Good / }).waitFor()
  })

  test('a forgotten password is set anew by the link of a letter, which works once and ends every session', async () => {
    site.allow(400, '/api/v1/auth/reset-password')
    site.allow(422, '/api/v1/auth/reset-password')
    const edsger = await site.signUp('Edsger Dijkstra')
    const signedIn = await site.visit('desktop', '/account', { as: edsger })
    await signedIn.getByRole('heading', { name: 'Your account' }).waitFor()

    const page = await site.visit('phone', '/signin')
    await page.getByLabel('E-mail').fill(edsger.email)
    await page.getByRole('link', { name: 'Forgot password?' }).click()
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
    expect(await page.getByLabel('E-mail').inputValue()).toBe(edsger.email)
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()

    const link = await linkInLetter(operator, edsger.email, 'Set a new password')
    await page.goto(link)
    await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    await expect.poll(() => new URL(page.url()).hash, patiently).toBe('')
    const field = page.getByLabel('New password', { exact: true })
    await field.fill('aaaaaaaaaaaa')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await field.fill('a quite new battery staple')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor()

    site.allow(401, '/api/v1/user/sessions')
    await signedIn.getByRole('link', { name: 'Sessions' }).click()
    await signedIn.getByText('Your session ended.').waitFor()

    await page.getByRole('link', { name: 'Sign in' }).click()
    await typePassword(page, { email: edsger.email, password: 'a quite new battery staple' })
    await page.getByRole('heading', { name: /^Good / }).waitFor()

    await page.goto(link)
    await page.getByLabel('New password', { exact: true }).fill('yet another battery staple')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor()
    await page.getByRole('link', { name: 'Send me a new link' }).click()
    await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
  })
})

/** What a device with a finger reader does, always with the right finger. */
async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function typePassword(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.keyboard.press('Enter')
}

/** Another code than the given one: not of now, and with luck of no other step either. */
function wrongOf(code: string): string {
  return String((Number(code) + 500_003) % 1_000_000).padStart(6, '0')
}
