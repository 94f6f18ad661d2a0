import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite } from './support/site.ts'

describeSite('Projects and credits', { withModel: true }, (site) => {
  let operator: Person
  beforeAll(async () => {
    // The first who signs up operates the installation.
    operator = await site.signUp('Olga Operator')
  })

  describe.each(['desktop', 'phone'] as const)('on a %s', (size) => {
    test('a project is made, gets a key and a budget, is archived and restored', async () => {
      const grace = await site.signUp('Grace Hopper')
      const page = await site.visit(size, '/organization/projects', { as: grace })
      await page.getByRole('heading', { name: 'No project yet' }).waitFor()
      await page.getByRole('button', { name: 'Create a project' }).last().click()
      const dialog = page.getByRole('dialog', { name: 'Create a project' })
      await dialog.getByLabel('Name').fill('Billing bot')
      await dialog.getByRole('button', { name: 'Create the project' }).click()
      const row = page.locator('[data-row]').filter({ hasText: 'billing-bot' })
      await row.getByText('$0.00').waitFor()

      await page.goto('/connect/keys?create=true&name=Invoices')
      const making = page.getByRole('dialog', { name: 'Create an API key' })
      await making.getByLabel('Project').selectOption('Billing bot')
      await making.getByRole('button', { name: 'Create the key' }).click()
      const made = page.getByRole('dialog', { name: '“Invoices” was created' })
      await made.waitFor()
      const { body } = await grace.call<{ data: { id: string; project: { name: string } | null }[] }>(
        'GET',
        '/api/v1/api-keys',
      )
      expect(body.data[0]?.project?.name).toBe('Billing bot')
      await page.goto('/connect/keys')
      await page.locator('[data-row]').getByText('Billing bot').waitFor()
      await page.getByRole('button', { name: 'Project of Invoices' }).click()
      await page.getByLabel('Project', { exact: true }).selectOption('None: each call may name one')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('“Invoices” is a key of no project').waitFor()

      await page.goto('/usage?budget=new')
      const setting = page.getByRole('dialog', { name: 'Set a budget' })
      await setting.getByLabel('For which project').selectOption('Billing bot')
      await setting.getByLabel('Amount in US dollars').fill('5')
      await setting.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('meter', { name: /project Billing bot/ }).waitFor()

      await page.goto('/organization/projects')
      await page.getByRole('button', { name: 'Archive Billing bot' }).click()
      await page.getByRole('heading', { name: 'No project yet' }).waitFor()
      await page.getByText('Archived', { exact: true }).click()
      await page.getByRole('button', { name: 'Restore Billing bot' }).click()
      await page.getByRole('heading', { name: 'No project is archived' }).waitFor()
    })
  })

  test('who operates the installation grants credits, calls use them, and what is left is revoked', async () => {
    const page = await site.visit('desktop', '/usage/credits', { as: operator })
    await page.getByText('No credits were granted.').waitFor()
    await page.getByRole('button', { name: 'Grant credits' }).click()
    const dialog = page.getByRole('dialog', { name: 'Grant credits' })
    await dialog.getByLabel('Amount in dollars').fill('10')
    await dialog.getByLabel('Note').fill('Order 4711')
    await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
    await page.locator('[data-row]').filter({ hasText: 'Order 4711' }).getByText('+$10.00').waitFor()
    site.provider.script({ kind: 'answer', text: 'Yes.', tokens: { prompt: 1_000_000, completion: 100_000 } })
    await operator.ask('What does this cost?')
    await page.reload()
    const balance = page.getByRole('region', { name: 'Balance' })
    await balance.getByText('$7.20').waitFor()
    await balance.getByText('$2.80').waitFor()
    await page.getByRole('button', { name: 'Revoke $7.20' }).click()
    await page.locator('[data-row]').filter({ hasText: 'Revoked' }).getByText('−$7.20').waitFor()
    await balance.getByText('Used up').waitFor()
    expect((await operator.ask('And now?')).status).toBe(402)
  })
})
