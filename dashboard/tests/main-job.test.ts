import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { makePdf } from '../../server/src/testing/make-documents.ts'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { dropFiles } from './support/drop-files.ts'
import { describeSite } from './support/site.ts'

/** From nothing to an answer with its sources, without a language model, as somebody does it the first time. */

const handbook =
  '# Night shift\n\nThe night shift begins at 22:15. The shift supervisor hands over the red folder.\n'
const sizes = ['desktop', 'phone'] as const

describeSite('The main job, without a language model', { withModel: false }, (site) => {
  describe.each(sizes)('on a %s', (size) => {
    test('somebody signs up, finds the way in and uploads a PDF that is read while they watch', async () => {
      const page = await site.visit(size, '/')
      await page.getByRole('link', { name: 'Create an account' }).click()
      const create = page.getByRole('button', { name: 'Create the account' })
      await create.click()
      await page.getByText('Use at least 10 characters.').waitFor()
      await page.getByLabel('Your name').fill('Ada Lovelace')
      await page.getByLabel('Organization', { exact: true }).fill('Analytical Engines')
      await page.getByLabel('E-mail').fill(`ada.${size}.${Date.now()}@example.com`)
      await page.getByLabel('Password', { exact: true }).fill('a sentence is best')
      await create.click()

      await page.getByRole('heading', { name: /^Good .*, Ada$/ }).waitFor()
      const setUp = page.getByRole('region', { name: 'Set up' })
      await setUp.getByText('0 of 4 done').waitFor()
      const choosing = page.waitForEvent('filechooser')
      await setUp.getByRole('button', { name: 'Upload: Upload a document' }).click()
      const progress = page.getByRole('progressbar', { name: /^handbook\.pdf: (Reading|Indexing|Waiting)/ })
      const shown = progress.waitFor()
      await (await choosing).setFiles([await file('handbook.pdf', await makePdf({ pages: 4 }))])

      await shown
      expect(new URL(page.url()).pathname).toBe('/knowledge')
      await rowOf(page, 'handbook.pdf').getByText('Ready').waitFor()
      await page.getByRole('link', { name: 'handbook.pdf' }).click()
      await page.getByText('4 pages, ').waitFor()
      await page.getByText('Operating notes for Harlow Station 1').first().waitFor()
      await page.goto('/')
      await setUp.getByText('1 of 4 done').waitFor()
    })
  })

  test('files dropped anywhere on the page are read, and those that cannot be say why', async () => {
    site.allow(422, '/api/v1/documents')
    const page = await site.visit('desktop', '/knowledge', { as: await site.signUp() })
    await page.getByRole('heading', { name: 'No documents yet' }).waitFor()
    const drop = await dropFiles(page, {
      'night-shift.md': handbook,
      'sealed.pdf': await makePdf({ pages: 1, userPassword: 'secret' }),
      'nothing.txt': '',
    })
    await page.getByText('Drop to add to Library').waitFor()
    await drop()

    await rowOf(page, 'night-shift.md').getByText('Ready').waitFor()
    await rowOf(page, 'sealed.pdf').getByText('Failed').waitFor()
    await rowOf(page, 'sealed.pdf').getByText('This PDF is protected by a password.').waitFor()
    const uploads = page.getByRole('region', { name: 'Uploads' })
    await uploads.getByText('1 not uploaded').waitFor()
    await uploads.getByRole('alert').getByText('This file is empty.').waitFor()
    await uploads.getByRole('button', { name: 'Remove nothing.txt' }).click()
    await uploads.waitFor({ state: 'detached' })
    await page.goto('/')
    const needsYou = page.getByRole('region', { name: 'Needs you' })
    await needsYou.getByText('sealed.pdf').waitFor()
    await needsYou.getByText('This PDF is protected by a password.').waitFor()
  })

  describe.each(sizes)('a question on a %s', (size) => {
    let ada: Person
    beforeAll(async () => {
      ada = await site.signUp()
      expect((await ada.uploadAndRead('night-shift.md', handbook)).status).toBe('ready')
    })

    test('is answered with a mark that opens its passage, a receipt, and a word on who answers', async () => {
      const page = await site.visit(size, '/chat', { as: ada })
      await page.getByText('is no language model: it quotes the passages that fit best.').waitFor()
      const box = page.getByRole('textbox', { name: 'Your question' })
      await box.fill('When does the night')
      await box.press('Shift+Enter')
      await box.pressSequentially('shift begin?')
      expect(await box.inputValue()).toBe('When does the night\nshift begin?')
      await box.press('Enter')

      const conversation = page.getByRole('log', { name: 'Conversation' })
      await conversation.getByText('The night shift begins at 22:15.').first().waitFor()
      const receipt = conversation.getByText(/no language model · [\d,]+ tokens/)
      await receipt.waitFor()
      await conversation.getByRole('button', { name: /^Cost .*: show the arithmetic$/ }).click()
      await page.getByText('Nothing was charged').waitFor()
      await page.keyboard.press('Escape')
      await page.getByText('Nothing was charged').waitFor({ state: 'detached' })

      expect(new URL(page.url()).pathname).toMatch(/^\/chat\/[0-9a-f-]{36}$/)
      await conversation
        .getByRole('button', { name: /^Source 1: night-shift\.md/ })
        .first()
        .click()
      const passage = page.getByRole(size === 'desktop' ? 'complementary' : 'dialog', {
        name: 'night-shift.md',
      })
      await passage.getByText('The night shift begins at 22:15.').first().waitFor()
      expect(new URL(page.url()).searchParams.get('passage')).toMatch(/^[0-9a-f-]{36}$/)
      await page.reload()
      await passage.getByText('The night shift begins at 22:15.').first().waitFor()
      if (size === 'desktop') await page.keyboard.press('Escape')
      else await page.getByRole('button', { name: 'Close the panel' }).click()
      await passage.waitFor({ state: 'detached' })
      expect(new URL(page.url()).search).toBe('')
      await receipt.waitFor()
    })

    test('has an answer that can be copied', async () => {
      const { body } = await ada.ask('When does the night shift begin?')
      const page = await site.visit(size, `/chat/${body.conversation.id}`, { as: ada })
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.getByRole('button', { name: 'Copy the answer' }).click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(body.message.content)
    })

    test('asked at home is sent in a new conversation', async () => {
      const page = await site.visit(size, '/', { as: ada })
      await page.getByRole('textbox', { name: 'Ask your documents' }).fill('Who hands over the red folder?')
      await page.keyboard.press('Enter')
      const conversation = page.getByRole('log', { name: 'Conversation' })
      await conversation.getByText('Who hands over the red folder?').waitFor()
      await conversation.getByText('The shift supervisor hands over the red folder.').first().waitFor()
    })
  })
})

/** The document's row: of the table, or on a phone of the list. */
function rowOf(page: Page, name: string) {
  return page.locator('[data-row]').filter({ has: page.getByRole('link', { name, exact: true }) })
}

async function file(name: string, bytes: Uint8Array) {
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(bytes) }
}
