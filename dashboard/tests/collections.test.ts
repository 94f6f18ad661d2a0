import { describe, expect, test } from 'vitest'
import { drawPdf } from '../../server/src/testing/make-documents.ts'
import { dropFiles } from './support/drop-files.ts'
import { describeSite } from './support/site.ts'

/** Collections with settings of their own, and what a document says of itself, as somebody does it by hand. */

describeSite('Collections', { withModel: false }, (site) => {
  describe.each(['desktop', 'phone'] as const)('on a %s', (size) => {
    test('a collection is restricted to some, with passages of its own size', async () => {
      const ada = await site.signUp('Ada Lovelace')
      await ada.call('POST', '/api/v1/collections', { name: 'Board' })
      const page = await site.visit(size, '/knowledge?status=ready', { as: ada })
      await page.getByRole('button', { name: 'All collections, choose a collection' }).click()
      await page.getByRole('menuitem', { name: 'Board' }).click()
      await page.getByRole('button', { name: 'Board, choose a collection' }).click()
      await page.getByRole('menuitem', { name: 'Settings of Board' }).click()
      await page.getByLabel('Passage size').fill('300')
      await page.getByLabel('Overlap').fill('40')
      await page.getByRole('radio', { name: 'Only some' }).click()
      await page.getByLabel('Admins').check()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Collection saved').waitFor()
      const { body } = await ada.call<{ data: { name: string }[] }>('GET', '/api/v1/collections')
      expect(body.data.find(({ name }) => name === 'Board')).toMatchObject({
        targetTokens: 300,
        overlapTokens: 40,
        access: 'restricted',
        readers: { roles: ['admin'] },
      })
    })
  })

  test('an address that may not be fetched says why, and a page that is a picture is named', async () => {
    site.allow(422, '/api/v1/documents/from-url')
    const page = await site.visit('desktop', '/knowledge', { as: await site.signUp() })
    await page.getByRole('button', { name: 'From the web' }).click()
    await page.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9/')
    await page.getByRole('button', { name: 'Read it' }).click()
    await page.getByText(/not on the public internet/).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()

    const words =
      'The night shift begins at a quarter past ten, and the supervisor hands over the red folder then. '
    const scan = await drawPdf((pdf) =>
      pdf.text(words.repeat(4)).addPage().image(dot, 50, 50, { width: 300 }),
    )
    await (await dropFiles(page, { 'scan.pdf': Buffer.from(scan) }))()
    await page.getByText(/Page 2 holds pictures and no text/).waitFor()
    await page.getByRole('link', { name: 'scan.pdf' }).click()
    await page.getByRole('list', { name: 'Not read' }).getByText(/OCR/).waitFor()
    await page.getByText('English').waitFor()
  })
})

/** A picture of one point. */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
