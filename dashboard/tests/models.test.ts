import { beforeAll, describe, expect, test } from 'vitest'
import { serverError } from '../../server/src/testing/fake-provider/behaviours.ts'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite, modelName } from './support/site.ts'

/** Models as people see them: how they do, what they are called, and whose keys are used. */

const sizes = ['desktop', 'phone'] as const

describeSite('Models', { withModel: true }, (site) => {
  let ada: Person
  beforeAll(async () => {
    ada = await site.signUp()
  })

  test('a model that fails is shown as failing, with the class of its failure, and as well again once it answers', async () => {
    const ask = () =>
      ada.call('POST', '/v1/chat/completions', {
        model: modelName,
        messages: [{ role: 'user', content: 'hello' }],
      })
    expect((await ask()).status).toBe(200)
    const page = await site.visit('desktop', '/models', { as: ada })
    const row = page.locator('[data-row]').filter({ hasText: modelName }).first()
    await row.getByText('Answers', { exact: true }).waitFor()
    site.provider.script(serverError(), serverError(), serverError())
    for (let call = 0; call < 3; call++) expect((await ask()).status).toBe(503)
    await page.reload()
    await row.getByText('Failing, left alone').waitFor()
    await row.getByTitle('Last: unavailable').waitFor()
    await row.getByRole('img', { name: /calls: .* [1-9]\d* failed/ }).waitFor()
    // When its pause is over one call is let through, and decides.
    await expect.poll(async () => (await ask()).status, { timeout: 30_000, interval: 1_000 }).toBe(200)
    await page.reload()
    await row.getByText('Answers', { exact: true }).waitFor()
  }, 60_000)

  describe.each(sizes)('on a %s', (size) => {
    test('a route is made, its order changed by keyboard, used by a call, and removed with a way back', async () => {
      const name = `fast-${crypto.randomUUID()}`
      const page = await site.visit(size, '/models/routes', { as: ada })
      await page.getByRole('button', { name: 'Make a route' }).first().click()
      const making = page.getByRole('dialog', { name: 'Make a route' })
      await making.getByLabel('Name', { exact: true }).fill(name)
      await making.getByLabel('Add a model').selectOption('local/extractive')
      await making.getByLabel('Add a model').selectOption(modelName)
      await making.getByRole('button', { name: 'Make the route' }).click()
      const route = page
        .getByRole('list', { name: 'Routes' })
        .getByRole('listitem')
        .filter({ hasText: name })
        .first()
      await route.waitFor()
      const order = () => route.getByRole('list').getByRole('listitem').allInnerTexts()
      expect((await order()).map((text) => text.includes(modelName))).toEqual([false, true])

      await route.getByRole('button', { name: `Change ${name}` }).click()
      const changing = page.getByRole('dialog', { name: `Change “${name}”` })
      await changing.getByRole('button', { name: `Move ${modelName} up` }).press('Enter')
      await changing.getByRole('button', { name: 'Save' }).click()
      await changing.waitFor({ state: 'hidden' })
      await expect
        .poll(async () => (await order()).map((text) => text.includes(modelName)))
        .toEqual([true, false])

      site.provider.script({ kind: 'answer', text: 'by the route' })
      const messages = [{ role: 'user', content: 'hello' }]
      const answer = await ada.call<{ choices: { message: { content: string } }[] }>(
        'POST',
        '/v1/chat/completions',
        { model: name, messages },
      )
      expect(answer.body.choices[0]?.message.content).toBe('by the route')

      await route.getByRole('button', { name: `Remove ${name}` }).click()
      await route.waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'Undo' }).click()
      await route.waitFor()
    })

    test('a key of one’s own is brought, switched off and removed, and its secret is never shown', async () => {
      const page = await site.visit(size, '/models/keys', { as: ada })
      await page.getByRole('button', { name: 'Bring a key' }).first().click()
      const dialog = page.getByRole('dialog', { name: 'Bring a key of your own' })
      const name = `Ours ${crypto.randomUUID()}`
      await dialog.getByLabel('Name', { exact: true }).fill(name)
      await dialog.getByLabel('Key', { exact: true }).fill('sk-or-of-ours-0815')
      await dialog.getByRole('button', { name: 'Use this key' }).click()
      await dialog.waitFor({ state: 'hidden' })
      const keys = page.getByRole('list', { name: 'Provider keys' })
      const row = keys.getByRole('listitem').filter({ hasText: name })
      await row.getByText('In use').waitFor()
      await row.getByText('ends in 0815').waitFor()
      expect(await page.content()).not.toContain('sk-or-of-ours')
      await row.getByRole('button', { name: `Switch off: ${name}` }).click()
      await row.getByText('Switched off').waitFor()
      await row.getByRole('button', { name: `Remove ${name}` }).click()
      await row.waitFor({ state: 'hidden' })
    })
  })

  test('who may not manage models sees the routes and no keys', async () => {
    const grace = await site.signUp('Grace Hopper')
    const organizationId = ada.session.organization?.id ?? ''
    await ada.call('POST', `/api/v1/organizations/${organizationId}/members`, {
      email: grace.email,
      role: 'member',
    })
    await grace.call('POST', '/api/v1/auth/switch', { organizationId })
    expect((await ada.call('GET', '/api/v1/provider-keys')).status).toBe(200)
    const own = grace.session.organization
    await grace.call('DELETE', `/api/v1/organizations/${own?.id}`, { confirm: own?.slug })
    const page = await site.visit('desktop', '/models/routes', { as: grace })
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
    expect(await page.getByRole('link', { name: 'Provider keys' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Make a route' }).count()).toBe(0)
  })
})
