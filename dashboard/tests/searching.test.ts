import { describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite, type Site } from './support/site.ts'

/** Searching inside documents, narrowing it, and keeping what should be found as a gold question. */

const sizes = ['desktop', 'phone'] as const
const shots = process.env.FREEHOLD_SHOTS_OF_TESTS

async function withDocuments(site: Site): Promise<Person> {
  const ada = await site.signUp('Ada Lovelace')
  await ada.uploadAndRead('gates.md', '# Gates\n\nGuests park behind the gate. The gates close at nine.')
  await ada.uploadAndRead('notice.txt', 'The old gate by the river is repaired in May.')
  return ada
}

describeSite('Searching', { withModel: false }, (site) => {
  describe.each(sizes)('on a %s', (size) => {
    test('a search marks its words, is narrowed by filters that stand in the address, and opens the document at the place', async () => {
      const page = await site.visit(size, '/knowledge/search', { as: await withDocuments(site) })
      await page.getByText('Search by words and by meaning').waitFor()
      await page.getByLabel('Search inside all documents').fill('gate')
      const hits = page.getByRole('list', { name: 'Passages found' })
      await hits.getByText('No. 1 by its words').waitFor()
      expect(await hits.locator('mark').allTextContents()).toEqual(
        expect.arrayContaining(['gate', 'gates', 'Gates']),
      )
      if (shots) await page.screenshot({ path: `${shots}/search-${size}.png` })

      await page.getByLabel('Type', { exact: true }).selectOption('text/plain')
      await expect.poll(() => hits.getByRole('link').allTextContents()).toEqual(['notice.txt'])
      expect(new URL(page.url()).searchParams.get('type')).toBe('text/plain')
      await page.reload()
      await expect.poll(() => hits.getByRole('link').allTextContents()).toEqual(['notice.txt'])
      await page.getByLabel('When').selectOption('Added in 7 days')
      await page.getByText('1 passage, the best first').waitFor()
      await page.getByRole('button', { name: 'Clear', exact: true }).last().click()
      await page.getByText('2 passages, the best first').waitFor()
      expect([...new URL(page.url()).searchParams.keys()]).toEqual(['q'])

      await page.getByLabel('Search inside all documents').press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'Open the document here' }).click()
      await expect.poll(() => new URL(page.url()).searchParams.get('passage')).not.toBeNull()
      expect(new URL(page.url()).pathname).toMatch(/^\/knowledge\/[0-9a-f-]{36}$/)
    })

    test('a result becomes a gold question in two presses, and evaluations show what it found, one after another', async () => {
      const page = await site.visit(size, '/knowledge/search?q=who+repairs+the+gate', {
        as: await withDocuments(site),
      })
      await page.getByRole('button', { name: /^Make a gold question of “notice.txt”/ }).click()
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByText('Added to the gold questions').waitFor()

      await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Quality' }).click()
      const questions = page.getByRole('list', { name: 'Gold questions' })
      await questions.getByText('Not evaluated yet').first().waitFor()
      await page.getByRole('button', { name: 'Evaluate' }).click()
      await questions.getByText('both: hit').waitFor()
      await questions.getByText('who repairs the gate').click()
      await questions.getByText('The old gate by the river is repaired in May.').waitFor()
      await page.getByRole('button', { name: 'Evaluate' }).click()
      await page.locator('.recharts-line-dot').first().waitFor()
      expect(await page.getByRole('group', { name: 'All evaluations' }).getByRole('row').count()).toBe(3)
      if (shots) {
        await page.screenshot({ path: `${shots}/quality-${size}.png` })
        await page.emulateMedia({ colorScheme: 'dark' })
        await page.screenshot({ path: `${shots}/quality-${size}-dark.png` })
      }

      await page.getByRole('button', { name: 'Delete “who repairs the gate”' }).click()
      await page.getByText('No gold question yet').waitFor()
    })
  })
})
