import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { confirmAddress, confirmation, linkInLetter } from './support/letters.ts'
import { describeSite } from './support/site.ts'

/** What people do with their own account. */

/** Two cores may be busy with others. */
const patiently = { timeout: 15_000 }

describeSite('The account', { withModel: false }, (site) => {
  let operator: Person
  beforeAll(async () => {
    operator = await site.signUp('Ada Lovelace')
  })

  describe.each(['desktop', 'phone'] as const)('the address on a %s', (size) => {
    test('is asked for until its letter is opened, signed in or not', async () => {
      site.allow(400, '/api/v1/auth/verify-email')
      const grace = await site.signUp('Grace Hopper')
      const page = await site.visit(size, '/account', { as: grace })
      const banner = page.getByRole('region', { name: 'Your address is not confirmed' })
      await banner.getByRole('button', { name: 'Send the letter again' }).click()
      await banner.getByText('A new letter is on its way.').waitFor()
      await page.getByText('Not confirmed yet').waitFor()
      await banner.getByRole('button', { name: 'Put away for now' }).click()
      await banner.waitFor({ state: 'detached' })
      await page.reload()
      await page.getByText('Not confirmed yet').waitFor()
      expect(await banner.count()).toBe(0)

      const link = await linkInLetter(operator, grace.email, confirmation)
      const stranger = await site.visit(size, `${link.slice(0, -3)}abc`)
      await stranger.getByRole('heading', { name: 'This link is not valid' }).waitFor()
      await stranger.getByLabel('E-mail').fill(grace.email)
      await stranger.getByRole('button', { name: 'Send me a new letter' }).click()
      await stranger.getByText(/letter is on its way/).waitFor()

      await page.goto(await linkInLetter(operator, grace.email, confirmation))
      await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor()
      await expect.poll(() => new URL(page.url()).hash, patiently).toBe('')
      await page.getByRole('link', { name: 'Go on' }).click()
      await page.getByRole('heading', { name: /^Good / }).waitFor()
      await page.goto('/account')
      await page.getByText('Confirmed', { exact: true }).waitFor()
    })
  })

  describe.each(['desktop', 'phone'] as const)('another address on a %s', (size) => {
    test('counts when its letter is opened, and the old one can take it back', async () => {
      site.allow(403, '/api/v1/user/email')
      site.allow(401, '/api/v1/auth/session')
      const rosa = await site.signUp('Rosalind Franklin')
      await confirmAddress(operator, rosa)
      const newEmail = `new-${rosa.email}`
      const page = await site.visit(size, '/account', { as: rosa })
      await page.getByRole('button', { name: 'Change the address' }).click()
      const dialog = page.getByRole('dialog', { name: 'Change your e-mail address' })
      await dialog.getByLabel('New address').fill(newEmail)
      await dialog.getByLabel('Your password', { exact: true }).fill('not my password')
      await dialog.getByRole('button', { name: 'Send the letter' }).click()
      await dialog.getByText('This is not your password.').waitFor()
      await dialog.getByLabel('Your password', { exact: true }).fill(rosa.password)
      await dialog.getByRole('button', { name: 'Send the letter' }).click()
      await page.getByText(/^Becomes .* when you open the link/).waitFor()
      await page.getByText(rosa.email, { exact: true }).waitFor()

      await readSessionTooEarly(page, '**/api/v1/auth/confirm-address')
      await page.goto(await linkInLetter(operator, newEmail, 'Confirm your new e-mail address'))
      await page.getByRole('heading', { name: 'Your address has changed' }).waitFor()
      await expect.poll(() => new URL(page.url()).hash, patiently).toBe('')
      await page.getByRole('link', { name: 'Your account' }).click()
      await page.getByText(newEmail, { exact: true }).waitFor()
      await page.getByRole('link', { name: 'Activity' }).click()
      await page.getByText(/^Your address was changed “new-/).waitFor()

      const old = await site.visit(
        size,
        await linkInLetter(operator, rosa.email, 'Your account is to get another e-mail address'),
      )
      await old.getByRole('button', { name: 'Stop the change' }).click()
      await old.getByRole('heading', { name: 'Your address is as it was' }).waitFor()
      await old.goto(await linkInLetter(operator, rosa.email, 'Set a new password'))
      await old.getByLabel('New password', { exact: true }).fill('photograph fifty-one')
      await old.getByRole('button', { name: 'Set the password' }).click()
      await old.getByRole('heading', { name: 'Your password is set' }).waitFor()
    })
  })

  test('another address is confirmed with the password where nobody is signed in', async () => {
    site.allow(403, '/api/v1/auth/confirm-address')
    const lise = await site.signUp('Lise Meitner')
    const newEmail = `new-${lise.email}`
    const asked = { newEmail, password: lise.password }
    expect((await lise.call('POST', '/api/v1/user/email', asked)).status).toBe(202)
    const letter = await linkInLetter(operator, newEmail, 'Confirm your new e-mail address')
    const page = await site.visit('phone', letter)
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
    await page.getByLabel('Password', { exact: true }).fill(lise.password)
    await page.getByRole('button', { name: 'Use this address' }).click()
    await page.getByRole('heading', { name: 'Your address has changed' }).waitFor()
  })

  test('the name is changed, and stands in the rail', async () => {
    const mary = await site.signUp('Mary')
    const page = await site.visit('desktop', '/', { as: mary })
    await page.getByRole('button', { name: 'Mary', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Your account' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Mary Somerville')
    await page.getByRole('button', { name: 'Save the name' }).click()
    await page.getByRole('button', { name: 'Mary Somerville', exact: true }).waitFor()
  })

  test('a new password ends the other sessions and keeps this one', async () => {
    site.allow(403, '/api/v1/user/password')
    site.allow(401, '/api/v1/user/two-factor')
    site.allow(401, '/api/v1/user/passkeys')
    const tony = await site.signUp('Tony Hoare')
    const [page, other] = [
      await site.visit('desktop', '/account/security', { as: tony }),
      await site.visit('phone', '/signin'),
    ]
    await other.getByLabel('E-mail').fill(tony.email)
    await other.getByLabel('Password', { exact: true }).fill(tony.password)
    await other.keyboard.press('Enter')
    await other.getByRole('heading', { name: /^Good / }).waitFor()

    await page.getByLabel('Current password', { exact: true }).fill('not my password')
    await page.getByLabel('New password', { exact: true }).fill('null was a billion dollars')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByRole('alert').getByText('This is not your password.').waitFor()
    await page.getByLabel('Current password', { exact: true }).fill(tony.password)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Your password was changed').waitFor()
    expect(await page.getByLabel('Current password', { exact: true }).inputValue()).toBe('')

    await other.goto('/account/security')
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByText(/^The password was changed, which ended \d sessions?$/).waitFor()
  })

  describe.each(['desktop', 'phone'] as const)('the sessions on a %s', (size) => {
    test('are listed, and end one by one or all but this one', async () => {
      const ken = await site.signUp('Ken Thompson')
      const page = await site.visit(size, '/account/sessions', { as: ken })
      const rows = page.locator('[data-row]')
      await rows
        .filter({ hasText: 'This one' })
        .getByText(/Chrome .* on Linux/)
        .waitFor()
      expect(await rows.filter({ hasText: 'This one' }).getByRole('button').count()).toBe(0)
      // The one of the sign-up, which a program did.
      await expect.poll(() => rows.count(), patiently).toBe(2)
      await ken.signIn()
      await page.reload()
      await expect.poll(() => rows.count(), patiently).toBe(3)
      await rows
        .last()
        .getByRole('button', { name: /^Sign out/ })
        .click()
      await expect.poll(() => rows.count(), patiently).toBe(2)
      await page.getByRole('button', { name: 'Sign out all others' }).click()
      await page.getByRole('button', { name: 'Sign them out' }).click()
      await expect.poll(() => rows.count(), patiently).toBe(1)
      await rows.getByText('This one').waitFor()
      expect((await ken.call('GET', '/api/v1/user/profile')).status).toBe(401)
    })
  })

  test('what is known of a person is saved as a file', async () => {
    const joan = await site.signUp('Joan Clarke')
    const page = await site.visit('desktop', '/account', { as: joan })
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Export my data' }).click()
    const file = JSON.parse(await readFile(await (await download).path(), 'utf8'))
    expect(file).toMatchObject({
      profile: { email: joan.email, name: 'Joan Clarke' },
      inOrganizations: [{ organization: { role: 'owner' }, conversations: [] }],
      complete: true,
    })
  })

  describe.each(['desktop', 'phone'] as const)('deletion on a %s', (size) => {
    test('asks for the password, names what has no other owner, and is final', async () => {
      site.allow(403, '/api/v1/user/account')
      site.allow(409, '/api/v1/user/account')
      site.allow(401, '/api/v1/auth/signin')
      const john = await site.signUp('John Backus')
      const page = await site.visit(size, '/account', { as: john })
      await page.getByRole('button', { name: 'Delete my account' }).click()
      const dialog = page.getByRole('dialog', { name: 'Delete your account?' })
      const password = dialog.getByLabel('Your password', { exact: true })
      const act = dialog.getByRole('button', { name: 'Delete my account' })
      await password.fill('not my password')
      await act.click()
      await dialog.getByText('This is not your password.').waitFor()
      await password.fill(john.password)
      await act.click()
      await dialog.getByText('You are the last owner of an organization').waitFor()
      await dialog.getByRole('listitem').getByText("John Backus's").waitFor()

      const organizationId = john.session.organization?.id ?? ''
      const heir = await site.signUp('Peter Naur')
      const members = `/api/v1/organizations/${organizationId}/members`
      expect((await john.call('POST', members, { email: heir.email, role: 'owner' })).status).toBe(201)
      await act.click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await page.getByText('Your account was deleted').waitFor()
      await page.getByLabel('E-mail').fill(john.email)
      await page.getByLabel('Password', { exact: true }).fill(john.password)
      await page.keyboard.press('Enter')
      await page.getByRole('alert').getByText(/wrong/).waitFor()
    })
  })

  test('is within reach of somebody who belongs to no organization any more', async () => {
    const emmy = await site.signUp('Emmy Noether')
    const organization = emmy.session.organization
    const path = `/api/v1/organizations/${organization?.id}`
    expect((await emmy.call('DELETE', path, { confirm: organization?.slug })).status).toBe(204)
    const page = await site.visit('phone', '/', { as: emmy })
    await page.getByRole('heading', { name: 'Create your organization' }).waitFor()
    await page.getByRole('link', { name: 'Your account' }).click()
    await page.getByRole('link', { name: 'Export my data' }).waitFor()
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByRole('button', { name: 'Change the password' }).waitFor()
    await page.getByRole('link', { name: 'Back' }).click()
    await page.getByRole('heading', { name: 'Create your organization' }).waitFor()
  })
})

/** The page's first reading of the session is answered before the act at this address, and arrives after it. */
async function readSessionTooEarly(page: Page, act: string): Promise<void> {
  const read = Promise.withResolvers<void>()
  const acted = Promise.withResolvers<void>()
  let first = true
  await page.route('**/api/v1/auth/session', async (route) => {
    const response = await route.fetch()
    if (first) {
      first = false
      read.resolve()
      await acted.promise
    }
    await route.fulfill({ response })
  })
  await page.route(act, async (route) => {
    await read.promise
    await route.fulfill({ response: await route.fetch() })
    acted.resolve()
  })
}
