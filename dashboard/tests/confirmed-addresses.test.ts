import { beforeAll, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { confirmAddress, confirmation, linkInLetter } from './support/letters.ts'
import { describeSite } from './support/site.ts'

/** A server that lets nobody in before their address is confirmed. */

describeSite('Where addresses must be confirmed', { withModel: false }, (site) => {
  let operator: Person
  beforeAll(async () => {
    operator = await site.signUp('Ada Lovelace')
    await confirmAddress(operator, operator)
    await site.at.stop()
    await site.at.start({ FREEHOLD_REQUIRE_VERIFIED_EMAIL: 'true' })
    await operator.signIn()
  })

  test('signing up leads to the mailbox, signing in says why not yet, and the link opens the way', async () => {
    site.allow(403, '/api/v1/auth/signin')
    const email = 'grace.hopper@example.com'
    const password = 'a moth in relay seventy'
    const page = await site.visit('phone', '/signup')
    await page.getByLabel('Your name').fill('Grace Hopper')
    await page.getByLabel('Organization').fill('Navy')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Create the account' }).click()
    await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
    await page.getByText(email).waitFor()

    await page.getByRole('link', { name: 'I have opened the link: sign in' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    const refusal = page.getByRole('alert').filter({ hasText: 'Confirm your e-mail address first' })
    await refusal.getByRole('button', { name: 'Send the letter again' }).click()
    await refusal.getByText('A new letter is on its way.').waitFor()

    // Nobody is signed in here: the link alone does not say whose account it is.
    site.allow(403, '/api/v1/auth/verify-email')
    await page.goto(await linkInLetter(operator, email, confirmation))
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
    await page.getByLabel('Password', { exact: true }).fill('a moth in relay seventy-one')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^Good .*, Grace/ }).waitFor()
  })
})
