import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite } from './support/site.ts'

describeSite('Usage', { withModel: true }, (site) => {
  describe.each(['desktop', 'phone'] as const)('on a %s', (size) => {
    let grace: Person
    beforeEach(async () => {
      grace = await site.signUp('Grace Hopper')
      const budget = { limitUsd: '10', window: 'month', hard: true }
      expect((await grace.call('PUT', '/api/v1/budgets/organization', budget)).status).toBe(200)
      site.provider.script({
        kind: 'answer',
        text: 'Yes.',
        tokens: { prompt: 1_000_000, completion: 100_000 },
      })
      await grace.ask('What does this cost?')
    })

    test('a call in the log is found by its filters, and tells who, how much and what was left', async () => {
      const page = await site.visit(size, '/usage/requests', { as: grace })
      const row = page.locator('[data-row]').filter({ hasText: '$2.80' })
      await row.waitFor()
      await page.getByLabel('Outcome').selectOption('Failed')
      await page.getByRole('heading', { name: 'No request is like this' }).waitFor()
      await page.getByLabel('Outcome').selectOption('Any outcome')
      await page.getByLabel('Made by').selectOption('Grace Hopper')
      await row.getByRole('link').click()
      await page.waitForURL(/who=member.*request=/)
      const panel = page.getByRole(size === 'desktop' ? 'complementary' : 'dialog')
      await panel.getByText('How the cost was computed').waitFor()
      await panel.getByText('Grace Hopper').waitFor()
      const gauge = panel.getByRole('meter', {
        name: 'Monthly budget of the organization: $7.20 left then',
      })
      expect(await gauge.getAttribute('aria-valuenow')).toBe('28')
    })

    test('what was spent is broken down by whoever spent it, and saved as a file', async () => {
      const page = await site.visit(size, '/usage', { as: grace })
      const table = page.getByRole('table', { name: 'By member' })
      await table.getByRole('row', { name: /Grace Hopper .*\$2\.80/ }).waitFor()
      await page.getByLabel('Break down').selectOption('By tag')
      await page.getByRole('table', { name: 'By tag' }).getByText('Without a tag').waitFor()
      expect(new URL(page.url()).searchParams.get('by')).toBe('tag')
      await page.getByLabel('Break down').selectOption('By member')
      await table.waitFor()
      const saving = page.waitForEvent('download')
      await page.getByRole('link', { name: 'CSV' }).click()
      const text = await readFile(await (await saving).path(), 'utf8')
      expect(text).toMatch(/^day,member,member_name,calls,/)
      expect(text).toContain(',Grace Hopper,1,')
      expect(text).toContain(',2800000000,2.800000000,')
    })
  })
})
