import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite } from './support/site.ts'

/** A conversation put in order, and shown to a colleague. */

const sizes = ['desktop', 'phone'] as const

describeSite('Conversations kept and shared', { withModel: false }, (site) => {
  let ada: Person
  beforeAll(async () => {
    ada = await site.signUp()
    await ada.uploadAndRead('night-shift.md', '# Night shift\n\nThe night shift begins at 22:15.\n')
  })

  describe.each(sizes)('on a %s', (size) => {
    test('one is shared, read under its link with its source, and gone on with in a copy', async () => {
      const { body } = await ada.ask('When does the night shift begin?')
      const page = await site.visit(size, `/chat/${body.conversation.id}`, { as: ada })
      await page.getByRole('heading', { level: 1 }).getByRole('button').click()
      await page.getByRole('menuitem', { name: 'Share' }).click()
      const dialog = page.getByRole('dialog', { name: 'Share in the organization' })
      await dialog.getByRole('button', { name: 'Share', exact: true }).click()
      const link = await dialog.getByText(/\/shared\/[0-9a-f-]{36}$/).textContent()
      await page.goto(link ?? '')
      await page.getByText('Shared by you').waitFor()
      await page
        .getByRole('button', { name: /^Source 1/ })
        .first()
        .click()
      await page
        .getByRole('complementary')
        .or(page.getByRole('dialog'))
        .getByText('night-shift.md')
        .first()
        .waitFor()
      await page.goto(link ?? '')
      await page.getByRole('button', { name: 'Go on in a copy' }).click()
      await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/)
      expect(page.url()).not.toContain(body.conversation.id)
      await page.getByRole('textbox', { name: 'Your question' }).waitFor()
    })
  })

  test('one is found by a word of its answer, archived with an undo, and pinned', async () => {
    const { body } = await ada.ask('Does anything begin with a wombat?')
    const { id } = body.conversation
    // Of its own, so that a second try does not find the first one's.
    const title = `Animals ${id.slice(-4)}`
    await ada.call('PATCH', `/api/v1/conversations/${id}`, { title })
    const page = await site.visit('desktop', '/chat', { as: ada })
    const list = page.getByRole('group', { name: 'Conversations' })
    const act = async (name: string) => {
      await list.getByRole('link', { name: title }).hover()
      await list.getByRole('button', { name: `Actions for ${title}` }).click()
      await page.getByRole('menuitem', { name, exact: true }).click()
    }
    await page.getByRole('searchbox', { name: 'Search conversations' }).fill('wombat')
    await list.getByRole('link', { name: title }).getByText('wombat').waitFor()
    await page.getByRole('searchbox', { name: 'Search conversations' }).fill('')
    await act('Archive')
    await list.getByRole('link', { name: title }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Archived', exact: true }).click()
    await list.getByRole('link', { name: title }).waitFor()
    await page.getByRole('button', { name: 'All conversations' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    // A notice that goes takes an open menu along.
    await page.getByText(`“${title}” archived`).waitFor({ state: 'detached' })
    await page.getByText('taken out of the archive').waitFor()
    await list.getByRole('link', { name: title }).waitFor()
    await act('Pin')
    await list.getByRole('heading', { name: 'Pinned' }).waitFor()
    expect(await list.getByRole('link', { name: title }).count()).toBe(1)
  })
})
