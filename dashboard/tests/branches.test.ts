import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite } from './support/site.ts'

/** A conversation with questions asked differently and answers written again, and what an answer can be made of. */

const sizes = ['desktop', 'phone'] as const

describeSite('Branches of a conversation', { withModel: true }, (site) => {
  let ada: Person
  beforeAll(async () => {
    ada = await site.signUp()
  })

  const log = (page: Page) => page.getByRole('log', { name: 'Conversation' })
  const script = (...texts: string[]) =>
    site.provider.script(...texts.map((text) => ({ kind: 'answer' as const, text })))
  async function ask(page: Page, text: string, answer: string): Promise<void> {
    script(answer)
    await page.getByRole('textbox', { name: 'Your question' }).fill(text)
    await page.getByRole('textbox', { name: 'Your question' }).press('Enter')
    await log(page).getByText(answer).waitFor()
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor()
  }
  const versions = (page: Page, of: 'question' | 'answer') =>
    page.getByRole('group', { name: `Versions of the ${of}` })

  describe.each(sizes)('on a %s', (size) => {
    test('a question is edited, and both ways of asking it stay, also after a reload', async () => {
      const page = await site.visit(size, '/chat', { as: ada })
      await page.getByText('Answers come from your documents').waitFor()
      await ask(page, 'Name a colour', 'Red it is.')
      await ask(page, 'And a darker one', 'Maroon it is.')
      script('A cat it is.')
      await page.getByRole('button', { name: 'Edit the question' }).first().click()
      const box = page.getByRole('textbox', { name: 'Edit the question' })
      expect(await box.inputValue()).toBe('Name a colour')
      await box.fill('Name an animal')
      await box.press('Enter')
      await log(page).getByText('A cat it is.').waitFor()
      await versions(page, 'question').getByText('2 / 2').waitFor()
      expect(await log(page).getByText('Maroon it is.').count()).toBe(0)
      await page.reload()
      await log(page).getByText('A cat it is.').waitFor()
      await page.getByRole('button', { name: 'Previous question' }).click()
      await log(page).getByText('Maroon it is.').waitFor()
      await versions(page, 'question').getByText('1 / 2').waitFor()
      expect(await log(page).getByText('A cat it is.').count()).toBe(0)
    })

    test('an answer is written again, and the arrows lead from one to the other', async () => {
      const page = await site.visit(size, '/chat', { as: ada })
      await page.getByText('Answers come from your documents').waitFor()
      await ask(page, 'Name a colour', 'Red it is.')
      script('Blue it is.')
      await page.getByRole('button', { name: 'Write the answer again' }).click()
      await log(page).getByText('Blue it is.').waitFor()
      await versions(page, 'answer').getByText('2 / 2').waitFor()
      expect(await log(page).getByText('Red it is.').count()).toBe(0)
      expect(await log(page).getByText('Name a colour').count()).toBe(1)
      await page.getByRole('button', { name: 'Previous answer' }).click()
      await log(page).getByText('Red it is.').waitFor()
      await versions(page, 'answer').getByText('1 / 2').waitFor()
    })

    test('code is coloured and copied, formulas are set, prices are not, tables scroll in themselves', async () => {
      const page = await site.visit(size, '/chat', { as: ada })
      await page.getByText('Answers come from your documents').waitFor()
      const code = 'const rent = 940 // francs'
      script(
        [
          'From $5 to $10, that is \\(a^2 + b^2\\).',
          '$$\\int_0^1 x\\,dx = \\frac12$$',
          `\`\`\`ts\n${code}\n\`\`\``,
          '| Column | Another |\n| --- | --- |\n| one | two |',
          'The end of it.',
        ].join('\n\n'),
      )
      await page.getByRole('textbox', { name: 'Your question' }).fill('Show all you can')
      await page.getByRole('textbox', { name: 'Your question' }).press('Enter')
      await log(page).getByText('The end of it.').waitFor()
      await log(page).locator('.katex-display').waitFor()
      expect(await log(page).locator('.katex').count()).toBe(2)
      await log(page).getByText('From $5 to $10').waitFor()
      const keyword = log(page).locator('.code-token', { hasText: 'const' })
      await keyword.first().waitFor()
      const colourOf = (text: string) =>
        log(page)
          .locator('.code-token', { hasText: text })
          .first()
          .evaluate((element) => getComputedStyle(element).color)
      expect(await colourOf('const')).not.toBe(await colourOf('francs'))
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.getByRole('button', { name: 'Copy the code' }).click()
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(code)
      await log(page).getByRole('group', { name: 'Table' }).getByText('Another').waitFor()
    })
  })

  test('the arrow up edits the last question, and Escape leaves it as it was', async () => {
    const page = await site.visit('desktop', '/chat', { as: ada })
    await page.getByText('Answers come from your documents').waitFor()
    await ask(page, 'Name a colour', 'Red it is.')
    await page.getByRole('textbox', { name: 'Your question' }).press('ArrowUp')
    await page.getByRole('textbox', { name: 'Edit the question' }).press('Escape')
    await log(page).getByText('Name a colour').waitFor()
    expect(await versions(page, 'question').count()).toBe(0)
  })
})
