import { beforeEach, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite } from './support/site.ts'

describeSite('Queued calls', { withModel: true }, (site) => {
  describe.each(['desktop', 'phone'] as const)('on a %s', (size) => {
    let ada: Person
    let model: string
    beforeEach(async () => {
      ada = await site.signUp('Ada Lovelace')
      const { body } = await ada.call<{ data: { id: string; kind: string }[] }>('GET', '/api/v1/models')
      model = body.data.find(({ kind }) => kind === 'chat')?.id ?? ''
    })

    const queue = () =>
      ada.send('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'respond-async' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Later, please.' }] }),
      })

    test('nobody has sent any: the page says how', async () => {
      const page = await site.visit(size, '/usage/queued', { as: ada })
      await page.getByRole('heading', { name: 'No call is queued' }).waitFor()
      await page.getByText('Prefer: respond-async').first().waitFor()
    })

    test('one is seen to be answered, with its cost, its explanation and its answer, and is removed', async () => {
      site.provider.script({ kind: 'answer', text: 'It is later now.', tokens: { prompt: 1_000_000 } })
      expect((await queue()).status).toBe(202)
      const page = await site.visit(size, '/usage/queued', { as: ada })
      const row = page.locator('[data-row]').filter({ hasText: 'Answered' })
      await row.getByRole('link').click()
      const panel = page.getByRole(size === 'desktop' ? 'complementary' : 'dialog')
      await panel.getByText('It is later now.').waitFor()
      const explained = panel.getByRole('link', { name: 'Its request, explained' })
      await explained.waitFor()
      expect(await explained.getAttribute('href')).toContain('/usage/requests?request=')
      await panel.getByRole('button', { name: 'Remove it with its answer' }).click()
      await page.getByRole('heading', { name: 'No call is queued' }).waitFor()
    })

    test('one that runs is cancelled, and leaves the provider', async () => {
      site.provider.script({ kind: 'hang', afterPieces: 2, text: 'one two three' })
      await queue()
      const page = await site.visit(size, '/usage/queued', { as: ada })
      await page.locator('[data-row]').filter({ hasText: 'Running' }).getByRole('link').click()
      const panel = page.getByRole(size === 'desktop' ? 'complementary' : 'dialog')
      await panel.getByRole('button', { name: 'Cancel the call' }).click()
      await panel.getByText('Cancelled').waitFor()
      await site.provider.settled()
      expect(site.provider.calls.at(-1)?.state).toBe('aborted')
    })
  })
})
