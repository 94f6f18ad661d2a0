import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite, modelName } from './support/site.ts'

/** Prompts from the first to a rollback, and the playground, as somebody does it by hand. */

const sizes = ['desktop', 'phone'] as const

describeSite('Prompts', { withModel: true }, (site) => {
  let ada: Person
  beforeEach(async () => {
    ada = await site.signUp('Ada Lovelace')
  })

  const version = (content: string, more: object = {}) => ({
    messages: [{ role: 'system', content }],
    ...more,
  })

  async function makePrompt(...texts: string[]): Promise<string> {
    const [first = '', ...more] = texts
    const { body } = await ada.call<{ id: string }>('POST', '/api/v1/prompts', {
      name: 'triage',
      version: version(first),
      labels: ['production'],
    })
    for (const text of more) await ada.call('POST', `/api/v1/prompts/${body.id}/versions`, version(text))
    return body.id
  }

  /** Which version is in production. */
  async function served(id: string): Promise<number | undefined> {
    const { body } = await ada.call<{ labels: { label: string; version: number }[] }>(
      'GET',
      `/api/v1/prompts/${id}`,
    )
    return body.labels.find(({ label }) => label === 'production')?.version
  }

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

  describe.each(sizes)('on a %s', (size) => {
    test('the first prompt is the example, and its next version is written, compared, deployed and rolled back', async () => {
      const page = await site.visit(size, '/models/prompts', { as: ada })
      await button(page, 'Begin with an example').click()
      await page.getByRole('heading', { name: /^reply-to-customer/, level: 1 }).waitFor()
      await button(page, 'Deploy version 1 to production').click()
      await page.getByText('Every call gets version 1.').waitFor()

      await button(page, 'Write the next version').click()
      const system = page.getByRole('textbox', { name: 'Message 1, System' })
      await system.fill('You write for {{company}} in {{language}}. Sign as {{signature}}.')
      await page.getByRole('textbox', { name: 'Default of language' }).fill('German')
      await page.getByRole('textbox', { name: 'What has changed' }).fill('In the language of the customer')
      await button(page, 'Save version 2').click()
      await page.getByText('Version 2: In the language of the customer').waitFor()
      await page.getByText('Every call gets version 1.').waitFor()

      await page.getByRole('link', { name: 'Compare version 2 with version 1' }).click()
      await page.getByRole('heading', { name: 'Version 1 and version 2' }).waitFor()
      await page.getByText('{{language}}').first().waitFor()
      await page.getByRole('link', { name: 'Stop comparing' }).click()

      await button(page, 'Deploy version 2 to production').click()
      await page.getByText('Every call gets version 2.').waitFor()
      await button(page, 'Roll back to version 1').click()
      await page.getByText('Every call gets version 1.').waitFor()
      const id = page.url().split('/prompts/')[1]?.split('?')[0] ?? ''
      expect(await served(id)).toBe(1)
      const { body } = await ada.call('GET', `/api/v1/prompts/${id}/versions/2`)
      expect(body).toMatchObject({ variables: [{}, { name: 'language', default: 'German' }, {}, {}] })
    })

    test('a version is tried with a share of calls, widened and promoted', async () => {
      const id = await makePrompt('One.', 'Two.')
      const page = await site.visit(size, `/models/prompts/${id}?version=2`, { as: ada })
      await page.getByRole('slider', { name: /Share of calls/ }).fill('25')
      await button(page, 'Give it 25 %').click()
      await page.getByText('75 % of calls get version 1, 25 % version 2.').waitFor()
      await page.getByRole('slider', { name: /Share of calls/ }).fill('60')
      await button(page, 'Change to 60 %').click()
      await page.getByText('40 % of calls get version 1, 60 % version 2.').waitFor()
      await button(page, 'Promote version 2').click()
      await page.getByText('Every call gets version 2.').waitFor()
      expect(await served(id)).toBe(2)
    })

    test('what is tried in the playground is answered with what it cost, and becomes a prompt', async () => {
      site.provider.script({ kind: 'answer', text: 'Good day, Ada.' })
      const page = await site.visit(size, '/models/playground', { as: ada })
      await page.getByRole('textbox', { name: 'Message 1, System' }).fill('Greet {{name}}.')
      await page.getByRole('textbox', { name: 'Message 2, User' }).fill('Now.')
      await page.getByRole('textbox', { name: 'name', exact: true }).fill('Ada')
      await page.getByRole('combobox', { name: 'Model of the answer' }).selectOption(modelName)
      await button(page, 'Run').click()
      const answer = page.getByRole('region', { name: 'the answer' })
      await answer.getByText('Good day, Ada.').waitFor()
      await answer.getByText('First word').waitFor()
      await answer
        .getByText(/^\d+ tokens$/)
        .first()
        .waitFor()
      expect(site.provider.calls.at(-1)?.body).toMatchObject({
        messages: [{ content: 'Greet Ada.' }, { content: 'Now.' }],
      })

      await button(page, 'Copy as code').click()
      const dialog = page.getByRole('dialog', { name: 'The same call from a program' })
      await dialog.getByText('curl').first().waitFor()
      await dialog.getByRole('radio', { name: 'Python' }).click()
      await dialog.getByText('client.chat.completions.create(').waitFor()
      await page.keyboard.press('Escape')

      await button(page, 'Save as prompt').click()
      await page.getByRole('textbox', { name: 'Name' }).fill('greet')
      await button(page, 'Save the prompt').click()
      await page.getByRole('heading', { name: /^greet/, level: 1 }).waitFor()
      await page.getByText('{{name}}').first().waitFor()
    })
  })

  test('two versions answer beside each other, each with its own figures', async () => {
    const id = await makePrompt('First: {{word}}', 'Second: {{word}}')
    site.provider.script({ kind: 'answer', text: 'of one' }, { kind: 'answer', text: 'of the other' })
    const page = await site.visit('desktop', `/models/playground?prompt=${id}&version=1`, { as: ada })
    await page.getByRole('textbox', { name: 'word' }).fill('hello')
    await button(page, 'Compare two').click()
    await page.getByRole('combobox', { name: 'Version of the second' }).selectOption('2')
    for (const name of ['the first', 'the second'])
      await page.getByRole('combobox', { name: `Model of ${name}` }).selectOption(modelName)
    await button(page, 'Run both').click()
    const [first, second] = ['the first', 'the second'].map((name) =>
      page.getByRole('region', { name, exact: true }),
    )
    await first?.getByText(`${modelName}, triage@1`).waitFor()
    await second?.getByText(`${modelName}, triage@2`).waitFor()
    const sent = site.provider.calls.slice(-2).map(({ body }) => JSON.stringify(body))
    expect(sent.filter((body) => body.includes('First: hello'))).toHaveLength(1)
    expect(sent.filter((body) => body.includes('Second: hello'))).toHaveLength(1)
  })

  test('a refusal is said where the answer would be, and a run can be stopped', async () => {
    const id = await makePrompt('Say {{word}}.')
    const page = await site.visit('desktop', `/models/playground?prompt=${id}&version=1`, { as: ada })
    site.allow(400, '/v1/chat/completions')
    await button(page, 'Run').click()
    await page.getByText('The prompt triage@1 needs a value for word.').waitFor()
    site.provider.script({ kind: 'hang', afterPieces: 1, text: 'It goes on and on' })
    await page.getByRole('textbox', { name: 'word' }).fill('hello')
    await page.getByRole('combobox', { name: 'Model of the answer' }).selectOption(modelName)
    await button(page, 'Run').click()
    await page.getByText(/^It/).waitFor()
    await button(page, 'Stop').click()
    await page.getByText('Stopped.').waitFor()
    await site.provider.settled()
    expect(site.provider.calls.at(-1)?.state).toBe('aborted')
  })

  test('a prompt is archived with an undo, and deleted when its name is typed', async () => {
    const id = await makePrompt('One.')
    const page = await site.visit('desktop', `/models/prompts/${id}`, { as: ada })
    const menu = page.getByRole('button', { name: 'More for triage' })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Archive' }).click()
    await page.getByText('This prompt is archived').waitFor()
    await button(page, 'Undo').click()
    await page.getByText('This prompt is archived').waitFor({ state: 'detached' })
    await page.reload()
    await menu.click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    expect(await button(page, 'Delete the prompt').isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'Type triage to confirm' }).fill('triage')
    await button(page, 'Delete the prompt').click()
    await page.getByText('No prompts yet').waitFor()
    expect((await ada.call('GET', `/api/v1/prompts/${id}`)).status).toBe(404)
  })
})
