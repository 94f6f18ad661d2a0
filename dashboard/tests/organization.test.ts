import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite } from './support/site.ts'

/** People come, get roles and go; machines have accounts of their own; what was done can be read. */

const password = 'a sentence is best'

describeSite('An organization', { withModel: false }, (site) => {
  // The first person on a server operates it.
  let ada: Person
  let letters = 0
  beforeAll(async () => {
    ada = await site.signUp('Ada Lovelace')
  })

  /** The address that the newest letter to somebody leads to. */
  async function linkTo(address: string): Promise<string> {
    const { body } = await ada.call<{ data: { to: string; text: string }[] }>('GET', '/api/v1/outbox')
    const letter = body.data.find(({ to, text }) => to === address && text.includes('/invitation#'))
    const link = /https?:\/\/\S+\/invitation#token=[\w-]+/.exec(letter?.text ?? '')?.[0]
    if (link === undefined) throw new Error(`There is no letter of invitation to ${address}.`)
    return new URL(link).pathname + new URL(link).hash
  }

  const organizationOf = (person: Person) => person.session.organization?.id ?? ''
  const newAddress = () => `new-${process.pid}-${Date.now()}-${letters++}@example.com`

  async function invite(by: Person, email: string, role = 'member'): Promise<string> {
    const path = `/api/v1/organizations/${organizationOf(by)}/invitations`
    const { status } = await by.call('POST', path, { email, role })
    expect(status).toBe(201)
    return linkTo(email)
  }

  describe.each(['desktop', 'phone'] as const)('on a %s', (size) => {
    test('somebody is invited, signs up, accepts, and meets the forbidden page once they are a guest', async () => {
      const email = newAddress()
      const owner = await site.visit(size, '/')
      await owner.getByRole('link', { name: 'Create an account' }).click()
      await owner.getByLabel('Your name').fill('Grace Hopper')
      await owner.getByLabel('Organization', { exact: true }).fill('Harbour Office')
      await owner.getByLabel('E-mail').fill(newAddress())
      await owner.getByLabel('Password', { exact: true }).fill(password)
      await owner.getByRole('button', { name: 'Create the account' }).click()
      await owner.getByRole('heading', { name: /^Good .*, Grace$/ }).waitFor()

      await owner.goto('/organization')
      await owner.getByRole('button', { name: 'Invite' }).click()
      await owner.getByLabel('E-mail', { exact: true }).fill(email)
      await owner.getByRole('button', { name: 'Send the invitation' }).click()
      // No letter reaches them from a server without a mail server: the link is handed over, this once.
      const handed = owner.getByRole('dialog', { name: `${email} is invited` })
      const shown = await handed.getByText(/\/invitation#token=/).textContent()
      expect(shown).toContain(await linkTo(email))
      await handed.getByRole('button', { name: 'I have copied it' }).click()
      const invited = rowOf(owner, email)
      await invited.getByText(/^Ends in \d days$/).waitFor()

      const link = await linkTo(email)
      const linus = await site.visit(size, link)
      await linus.getByRole('heading', { name: 'Join Harbour Office' }).waitFor()
      await linus.getByText('Grace Hopper invites you').waitFor()
      expect(new URL(linus.url()).hash).toBe('')
      await linus.getByRole('link', { name: 'Create your account' }).click()
      await linus.getByLabel('Your name').fill('Linus Pauling')
      expect(await linus.getByLabel('E-mail').inputValue()).toBe(email)
      await linus.getByLabel('Password', { exact: true }).fill(password)
      expect(await linus.getByLabel('Organization', { exact: true }).count()).toBe(0)
      await linus.getByRole('button', { name: 'Create the account' }).click()
      await linus.getByRole('button', { name: 'Accept and join' }).click()
      await linus.getByRole('heading', { name: /^Good .*, Linus$/ }).waitFor()
      await linus.goto('/organization')
      await linus.getByRole('heading', { name: 'Harbour Office', level: 1 }).waitFor()
      await rowOf(linus, 'Grace Hopper').waitFor()

      await owner.reload()
      const member = rowOf(owner, 'Linus Pauling')
      await member.waitFor()
      expect(await invited.filter({ hasText: 'Ends in' }).count()).toBe(0)
      await member.getByLabel('Role of Linus Pauling').selectOption('guest')
      await owner.getByText('Linus Pauling is Guest now').waitFor()

      await linus.reload()
      await linus.getByRole('heading', { name: 'Your role does not open this page' }).waitFor()
      await linus.getByText('Your role in Harbour Office is guest.').waitFor()
      await linus.getByText('read:users', { exact: true }).waitFor()
      await linus.getByRole('link', { name: 'Go home' }).click()
      await linus.getByText('nothing in it is shared with you yet').waitFor()
    })

    test('a role is put together from permissions, given, refuses to go while it is held, and goes', async () => {
      const owner = await site.signUp('Grace Hopper')
      const colleague = await site.signUp('Linus Pauling')
      const path = `/api/v1/organizations/${organizationOf(owner)}`
      expect((await owner.call('POST', `${path}/members`, { email: colleague.email })).status).toBe(201)

      const page = await site.visit(size, '/organization/roles', { as: owner })
      await page.getByRole('button', { name: 'Make a role' }).first().click()
      const dialog = page.getByRole('dialog', { name: 'Make a role' })
      await dialog.getByLabel('Name', { exact: true }).fill('Night shift')
      await dialog.getByLabel('What it is for').fill('Reads, and changes nothing')
      const save = dialog.getByRole('button', { name: 'Make the role' })
      expect(await save.isDisabled()).toBe(true)
      await dialog.getByRole('checkbox', { name: /read:documents/ }).check()
      await dialog.getByRole('checkbox', { name: /read:users/ }).check()
      await dialog.getByText(/^2 of \d+ chosen$/).waitFor()
      await save.click()
      const panel = page.getByRole(size === 'desktop' ? 'complementary' : 'dialog', { name: 'Night shift' })
      await panel.getByText('Allowed: Read and search the documents.').waitFor()
      await panel.getByText('Not allowed: Upload, change and delete documents').waitFor()

      await page.goto('/organization')
      await page.getByLabel('Role of Linus Pauling').selectOption({ label: 'Night shift' })
      await page.getByText('Linus Pauling is Night shift now').waitFor()
      const theirs = await site.visit(size, '/', { as: colleague })
      await switchTo(theirs, size, "Grace Hopper's")
      await theirs.goto('/usage')
      await theirs.getByText("Your role in Grace Hopper's is “Night shift”.").waitFor()

      site.allow(409, await roleAddress(owner, path))
      await page.goto('/organization/roles')
      await page.getByRole('link', { name: 'Night shift' }).click()
      await panel.getByRole('button', { name: 'Delete' }).click()
      await page.getByRole('button', { name: 'Delete the role' }).click()
      await page.getByRole('dialog', { name: '“Night shift” is in use' }).getByText('1 member').waitFor()
      await page.getByRole('button', { name: 'Understood' }).click()

      const member = `${path}/members/${colleague.session.user.id}`
      expect((await owner.call('PATCH', member, { role: 'member' })).status).toBe(204)
      await panel.getByRole('button', { name: 'Delete' }).click()
      await page.getByRole('button', { name: 'Delete the role' }).click()
      await page.getByText('None yet. Where the built-in roles').waitFor()
    })

    test('a service account gets a key with bounds, which rotates, is disabled and is deleted', async () => {
      const owner = await site.signUp('Grace Hopper')
      const page = await site.visit(size, '/organization/service-accounts', { as: owner })
      await page.getByRole('heading', { name: 'No service account yet' }).waitFor()
      await page.getByRole('button', { name: 'Create an account' }).first().click()
      await page.getByLabel('Name').fill('Website')
      await page.getByRole('dialog').getByRole('button', { name: 'Create the account' }).click()
      const panel = page.getByRole(size === 'desktop' ? 'complementary' : 'dialog', { name: 'Website' })
      await panel.getByRole('link', { name: 'Create a key' }).click()

      await page.getByLabel('Name').fill('Search only')
      expect(await page.getByLabel('Belongs to').locator('option:checked').textContent()).toBe('Website')
      await page.getByRole('radio', { name: 'Only what I choose' }).click()
      await page.getByRole('checkbox', { name: /read:documents/ }).check()
      await page.getByLabel('Allowed addresses').fill('not-an-address')
      await page.getByText('“not-an-address” is no address or range.').waitFor()
      await page.getByLabel('Allowed addresses').fill('127.0.0.1 ::1')
      await page.getByLabel('Requests a minute').fill('60')
      await page.getByRole('button', { name: 'Create the key' }).click()
      const key = await page.getByTestId('new-api-key').textContent()
      await page.getByRole('button', { name: 'I have copied it' }).click()
      const row = rowOf(page, 'Search only')
      await row.getByText('Website').waitFor()
      await row.getByRole('button', { name: /^1 permission\s+2 addresses · 60\/min/ }).click()
      await page.getByText('read:documents', { exact: true }).waitFor()
      await page.keyboard.press('Escape')
      const callWith = async (secret: string | null, path = '/api/v1/documents') =>
        (await fetch(site.at.url + path, { headers: { authorization: `Bearer ${secret}` } })).status
      expect([await callWith(key), await callWith(key, '/api/v1/usage/records')]).toEqual([200, 403])

      await row.getByRole('button', { name: 'Rotate Search only' }).click()
      await page.getByRole('button', { name: 'Make the new key' }).click()
      await page.getByText('works for one day more').waitFor()
      const next = await page.getByTestId('new-api-key').textContent()
      await page.getByRole('button', { name: 'I have copied it' }).click()
      await page.getByText(/^Replaced, ends in/).waitFor()
      expect([await callWith(key), await callWith(next)]).toEqual([200, 200])

      await page.goto('/organization/service-accounts')
      await page.getByRole('link', { name: 'Website' }).click()
      await panel.getByRole('button', { name: 'Disable' }).click()
      await page.getByText('“Website” is disabled').waitFor()
      expect([await callWith(key), await callWith(next)]).toEqual([401, 401])
      await panel.getByRole('button', { name: 'Delete' }).click()
      await page.getByText('Its 2 keys that still work will be refused').waitFor()
      await page.getByRole('button', { name: 'Delete the account' }).click()
      await page.getByRole('heading', { name: 'No service account yet' }).waitFor()
    })
  })

  test('each end of an invitation says what it is', async () => {
    site.allow(410, '/api/v1/invitations/lookup')
    site.allow(404, '/api/v1/invitations/lookup')
    const email = newAddress()
    const first = await invite(ada, email)
    const stranger = await site.visit('desktop', first, { as: await site.signUp('Somebody Else') })
    await stranger.getByText(`This invitation is for ${email}`).waitFor()
    await stranger.getByRole('button', { name: 'Sign out and use the other account' }).click()
    await stranger.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await stranger.getByLabel('E-mail').inputValue()).toBe(email)

    // A second letter makes the first worthless.
    const second = await invite(ada, email)
    const page = await site.visit('desktop', first)
    await page.getByRole('heading', { name: 'This link opens no invitation' }).waitFor()

    const path = `/api/v1/organizations/${organizationOf(ada)}/invitations`
    const { body } = await ada.call<{ data: { id: string; email: string }[] }>('GET', path)
    const id = body.data.find((invitation) => invitation.email === email)?.id
    expect((await ada.call('DELETE', `${path}/${id}`)).status).toBe(204)
    const late = await site.visit('desktop', second)
    await late.getByRole('heading', { name: 'The invitation was withdrawn' }).waitFor()

    const known = await site.signUp('Known Already')
    const theirs = await invite(ada, known.email)
    const accepting = await site.visit('desktop', theirs, { as: known })
    await accepting.getByRole('button', { name: 'Accept and join' }).click()
    await accepting.getByRole('heading', { name: /^Good .*, Known$/ }).waitFor()
    const again = await site.visit('desktop', theirs)
    await again.getByRole('heading', { name: 'The invitation was accepted already' }).waitFor()

    const without = await site.visit('desktop', '/invitation')
    await without.getByRole('heading', { name: 'There is no invitation here' }).waitFor()
  })

  test('an organization is handed over, left, deleted by its slug, and restored', async () => {
    const owner = await site.signUp('Grace Hopper')
    const heir = await site.signUp('Linus Pauling')
    const members = `/api/v1/organizations/${organizationOf(owner)}/members`
    expect((await owner.call('POST', members, { email: heir.email })).status).toBe(201)

    const page = await site.visit('desktop', '/organization', { as: owner })
    await page.getByRole('button', { name: 'Actions for Grace Hopper' }).click()
    await page.getByRole('menuitem', { name: 'Leave the organization' }).click()
    await page.getByRole('dialog', { name: 'An organization needs an owner' }).waitFor()
    await page.getByRole('button', { name: 'Understood' }).click()
    await page.getByRole('button', { name: 'Actions for Linus Pauling' }).click()
    await page.getByRole('menuitem', { name: 'Hand the organization over' }).click()
    await page.getByRole('button', { name: 'Hand it over' }).click()
    await page.getByText("Linus Pauling owns Grace Hopper's now").waitFor()
    await page.goto('/organization/settings')
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByRole('heading', { name: 'Create your organization' }).waitFor()

    const theirs = await site.visit('desktop', '/', { as: heir })
    await switchTo(theirs, 'desktop', "Grace Hopper's")
    await theirs.goto('/organization/settings')
    await theirs.getByRole('button', { name: 'Delete' }).click()
    const button = theirs.getByRole('button', { name: 'Delete the organization' })
    const field = theirs.getByRole('textbox', { name: /^Type .* to confirm$/ })
    const slug = /^Type (\S+) to confirm$/.exec(
      (await theirs.getByText(/^Type .* to confirm$/).textContent()) ?? '',
    )?.[1]
    await field.fill('something else')
    expect(await button.isDisabled()).toBe(true)
    await field.fill(slug ?? '')
    await button.click()
    await theirs.getByText("Grace Hopper's is deleted").waitFor()
    await theirs.getByRole('button', { name: "Organization: Linus Pauling's" }).click()
    await theirs.getByRole('menuitem', { name: 'Create an organization' }).click()
    await theirs.getByRole('button', { name: "Restore Grace Hopper's" }).click()
    await theirs.getByRole('button', { name: "Organization: Grace Hopper's" }).waitFor()
  })

  test('the audit log is filtered, tells who did what from where, and is saved as a file', async () => {
    const owner = await site.signUp('Grace Hopper')
    await invite(owner, newAddress(), 'guest')
    const roles = `/api/v1/organizations/${organizationOf(owner)}/roles`
    await owner.call('POST', roles, { name: 'Night shift', permissions: ['read:documents'] })

    const page = await site.visit('desktop', '/organization/audit', { as: owner })
    await page.getByText('made the role “Night shift”').waitFor()
    await page.getByText(/^invited new-.* as guest$/).waitFor()
    await page.getByLabel('Kind of action').selectOption({ label: 'Invitations' })
    await page.getByText('made the role “Night shift”').waitFor({ state: 'detached' })
    await page.getByLabel('When').selectOption({ label: 'Between two days' })
    await page.getByLabel('To the day').fill('2020-01-01')
    await page.getByRole('heading', { name: 'Nothing of that kind' }).waitFor()
    await page.getByRole('button', { name: 'Show everything' }).click()
    await page.getByLabel('By whom').selectOption({ label: 'By Grace Hopper' })
    await page
      .getByRole('link', { name: /made the role/ })
      .first()
      .click()
    const panel = page.getByRole('complementary', { name: /made the role/ })
    await panel.getByText('node').waitFor()
    await panel.getByRole('link', { name: 'All of this request' }).click()
    await page.getByRole('button', { name: 'Show the entries of every request' }).waitFor()
    await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 1)

    await page.getByRole('button', { name: 'Export' }).click()
    const saving = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'As CSV' }).click()
    const saved = await saving
    expect(saved.suggestedFilename()).toMatch(/^audit-log-.*\.csv$/)
    const lines = await textOf(saved)
    expect(lines).toContain('role.create')
    expect(lines).not.toContain('invitation.send')
  })

  test('the outbox shows its operator the letters, and nobody else the page', async () => {
    const email = newAddress()
    await invite(ada, email)
    const page = await site.visit('desktop', '/installation', { as: ada })
    await page
      .locator('[data-row]')
      .filter({ hasText: email })
      .getByRole('link', { name: /invites you to/ })
      .click()
    const letter = page.getByRole('complementary')
    await letter.frameLocator('iframe').getByRole('link', { name: 'See the invitation' }).waitFor()
    expect(await letter.locator('iframe').getAttribute('sandbox')).toBe('')
    await letter.getByRole('radio', { name: 'Text' }).click()
    await letter.getByText('Sign in or sign up with this address').waitFor()
    await letter.getByRole('button', { name: 'Copy the link' }).waitFor()

    const other = await site.visit('desktop', '/installation/outbox', { as: await site.signUp() })
    await other.getByText('It belongs to those who operate this installation.').waitFor()
    expect(await other.getByRole('link', { name: 'Installation' }).count()).toBe(0)
  })
})

async function textOf(download: { createReadStream(): Promise<NodeJS.ReadableStream> }): Promise<string> {
  let content = ''
  for await (const piece of await download.createReadStream()) content += String(piece)
  return content
}

async function roleAddress(owner: Person, path: string): Promise<string> {
  const { body } = await owner.call<{ data: { id: string }[] }>('GET', `${path}/roles`)
  return `${path}/roles/${body.data[0]?.id}`
}

async function switchTo(page: Page, size: 'desktop' | 'phone', name: string): Promise<void> {
  // What the page still asks for the old organization would be answered for the new one.
  await page.waitForLoadState('networkidle')
  if (size === 'phone') {
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('dialog', { name: 'More' }).getByRole('button', { name }).click()
    await page.getByText(`· ${name}`).waitFor()
    return
  }
  await page.getByRole('button', { name: /^Organization: / }).click()
  await page.getByRole('menuitemradio', { name }).click()
  await page.getByRole('button', { name: `Organization: ${name}` }).waitFor()
}

/** A person's or a key's row: of the table, or on a phone of the list. */
function rowOf(page: Page, words: string) {
  return page.locator('[data-row]').filter({ hasText: words })
}
