import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite } from './support/site.ts'

/** Coming and going, keys for programs, the theme, and the ways to a page. */

const sizes = ['desktop', 'phone'] as const

describeSite('Moving around', { withModel: false }, (site) => {
  let ada: Person
  beforeAll(async () => {
    ada = await site.signUp('Ada Lovelace')
  })

  describe.each(sizes)('signing out and in on a %s', (size) => {
    test('ends the session, and leads back to where one was', async () => {
      site.allow(401, '/api/v1/auth/signin')
      const grace = await site.signUp('Grace Hopper')
      const page = await site.visit(size, '/organization', { as: grace })
      await page.getByRole('heading', { name: "Grace Hopper's" }).waitFor()
      await openPersonMenu(page, size)
      await page.getByRole(size === 'desktop' ? 'menuitem' : 'button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()

      await page.goto('/usage/requests?status=error')
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await page.getByLabel('E-mail').fill(grace.email)
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page
        .getByRole('alert')
        .getByText(/e-mail|password/i)
        .waitFor()
      await page.getByRole('button', { name: 'Show the password' }).click()
      await page.getByLabel('Password', { exact: true }).fill(grace.password)
      await page.keyboard.press('Enter')
      await page.getByText('No request is like this').waitFor()
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/usage/requests?status=error')
    })
  })

  test('a redirect to another site is not followed after signing in', async () => {
    const page = await site.visit('desktop', '/signin?redirect=//example.com/usage')
    await page.getByLabel('E-mail').fill(ada.email)
    await page.getByLabel('Password', { exact: true }).fill(ada.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^Good / }).waitFor()
    expect(new URL(page.url()).origin).toBe(site.at.url)
  })

  describe.each(sizes)('an API key on a %s', (size) => {
    test('is shown once, works as it was copied, and is refused once revoked', async () => {
      const linus = await site.signUp('Linus')
      const page = await site.visit(size, '/connect', { as: linus })
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.getByRole('heading', { name: 'No key yet' }).waitFor()
      await page.getByRole('button', { name: 'Create a key' }).first().click()
      await page.getByLabel('Name').fill('Website backend')
      await page.getByRole('button', { name: 'Create the key' }).click()
      const created = page.getByRole('dialog', { name: '“Website backend” was created' })
      await created.getByRole('button', { name: 'Copy the key' }).click()
      await created.getByRole('button', { name: 'Copied', exact: true }).waitFor()
      const key = await page.evaluate(() => navigator.clipboard.readText())
      expect(key).toMatch(/^fh_\S{36}$/)
      await created.getByRole('button', { name: 'I have copied it' }).click()
      await created.waitFor({ state: 'detached' })
      await page.reload()
      const row = page.locator('[data-row]').filter({ hasText: 'Website backend' })
      await row.getByText('Active').waitFor()
      expect(await page.content()).not.toContain(key)

      const callWithKey = async () =>
        (await fetch(`${site.at.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status
      expect(await callWithKey()).toBe(200)
      await row.getByRole('button', { name: 'Revoke Website backend' }).click()
      await page.getByRole('button', { name: 'Revoke the key' }).click()
      await row.getByText(/^Revoked/).waitFor()
      expect(await callWithKey()).toBe(401)
    })
  })

  describe.each(sizes)('the theme on a %s', (size) => {
    test('is chosen by the person and kept', async () => {
      const page = await site.visit(size, '/', { as: ada })
      const isDark = () => page.evaluate(() => document.documentElement.classList.contains('dark'))
      const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      await openPersonMenu(page, size)
      const light = await paper()
      await page.getByRole(size === 'desktop' ? 'menuitemradio' : 'radio', { name: 'Dark' }).click()
      await expect.poll(isDark).toBe(true)
      await expect.poll(paper).not.toBe(light)
      await page.reload()
      await page.getByRole('heading', { name: /^Good / }).waitFor()
      expect(await isDark()).toBe(true)
      await openPersonMenu(page, size)
      await page.getByRole(size === 'desktop' ? 'menuitemradio' : 'radio', { name: 'Light' }).click()
      await expect.poll(async () => [await isDark(), await paper()]).toEqual([false, light])
    })
  })

  test('the palette reaches pages and actions by the keyboard alone', async () => {
    const page = await site.visit('desktop', '/', { as: ada })
    await page.getByRole('heading', { name: /^Good / }).waitFor()
    const palette = page.getByRole('dialog', { name: 'Search and actions' })
    const run = async (words: string) => {
      await page.keyboard.press('Control+k')
      await palette.waitFor()
      await page.keyboard.type(words)
      await palette.getByRole('option', { selected: true, name: new RegExp(words, 'i') }).waitFor()
      await page.keyboard.press('Enter')
    }
    await run('Audit log')
    await page.waitForURL('**/organization/audit')
    await run('Request log')
    await page.waitForURL('**/usage/requests')
    await run('Create an API key')
    await page.getByRole('dialog', { name: 'Create an API key' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await palette.waitFor()
    await page.keyboard.press('Escape')
    await palette.waitFor({ state: 'detached' })
  })

  test('letters lead to the sections, and ? shows them all', async () => {
    const page = await site.visit('desktop', '/', { as: ada })
    await page.getByRole('heading', { name: /^Good / }).waitFor()
    const sections = { k: 'Knowledge', u: 'Usage', a: 'API keys', o: "Ada Lovelace's" }
    for (const [letter, heading] of Object.entries(sections)) {
      await page.keyboard.press('g')
      await page.keyboard.press(letter)
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    }
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const group of ['Anywhere', 'Go to', 'In a list', 'In a conversation']) {
      await sheet.getByRole('region', { name: group }).waitFor()
    }
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
  })

  test('the phone’s bar and its sheet lead to every section', async () => {
    const page = await site.visit('phone', '/', { as: ada })
    const bar = page.getByRole('navigation', { name: 'Sections' })
    for (const name of ['Chat', 'Knowledge', 'Usage', 'Home']) {
      await bar.getByRole('link', { name }).click()
      await bar.getByRole('link', { name }).and(page.locator('[aria-current=page]')).waitFor()
    }
    for (const [name, heading] of [
      ['Connect', 'API keys'],
      ['Organization', "Ada Lovelace's"],
    ] as const) {
      await bar.getByRole('button', { name: 'More' }).click()
      await page.getByRole('dialog', { name: 'More' }).getByRole('link', { name }).click()
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    }
  })

  test.each([
    '/nothing/here',
    '/chat/0193a1b2-0000-7000-8000-000000000000',
    '/knowledge/0193a1b2-0000-7000-8000-000000000000',
  ])('%s is a page that says there is nothing, and leads home', async (address) => {
    for (const path of [
      address.replace(
        /^\/(chat|knowledge)/,
        (_, name) => `/api/v1/${name === 'chat' ? 'conversations' : 'documents'}`,
      ),
    ]) {
      site.allow(404, path)
      site.allow(404, `${path}/messages`)
    }
    const page = await site.visit('desktop', address, { as: ada })
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
    await page.getByRole('link', { name: 'Go home' }).click()
    await page.getByRole('heading', { name: /^Good / }).waitFor()
  })
})

async function openPersonMenu(page: Page, size: (typeof sizes)[number]): Promise<void> {
  if (size === 'phone') await page.getByRole('button', { name: 'More' }).click()
  else await page.getByRole('button', { name: /^(Grace Hopper|Ada Lovelace)$/ }).click()
}
