import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { FakeBehaviour } from '../../server/src/testing/fake-provider/behaviours.ts'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import { describeSite, modelName } from './support/site.ts'

/** Answers of a language model that take their time, and what they cost. */

const handbook =
  '# Night shift\n\nThe night shift begins at 22:15. The shift supervisor hands over the red folder.\n'
const question = 'When does the night shift begin?'
const sizes = ['desktop', 'phone'] as const
const sentences = 100
const allSentences = Array.from({ length: sentences }, (_, index) => index + 1)
const longAnswer = allSentences.map((number) => `Sentence ${number} of it [1].`).join(' ')
const receipt = new RegExp(`${modelName} · [\\d,]+ tokens`)

/** Some 600 pieces, 50 ms apart: not over before a test has looked. The rest comes at once after `hurry`. */
function slowly(): { behaviour: FakeBehaviour; hurry: () => void } {
  let delayMs = 50
  return {
    behaviour: {
      kind: 'answer',
      text: longAnswer,
      get delayPerPieceMs() {
        return delayMs
      },
    },
    hurry() {
      delayMs = 0
    },
  }
}

describeSite('Answers of a language model', { withModel: true }, (site) => {
  let ada: Person
  beforeAll(async () => {
    ada = await site.signUp()
    expect((await ada.uploadAndRead('night-shift.md', handbook)).status).toBe('ready')
  })

  async function askOn(page: Page, text = question): Promise<void> {
    await page.getByRole('textbox', { name: 'Your question' }).fill(text)
    await page.getByRole('textbox', { name: 'Your question' }).press('Enter')
  }

  describe.each(sizes)('on a %s', (size) => {
    test('an answer is shown while it is written, stays where it is, and is whole at the end', async () => {
      const { behaviour, hurry } = slowly()
      site.provider.script(behaviour)
      const page = await site.visit(size, '/chat', { as: ada })
      await page.getByText('Answers come from your documents').waitFor()
      await askOn(page)
      const first = conversationOf(page).getByText('Sentence 1 of it')
      const topOfFirst = () => first.evaluate((element) => element.getBoundingClientRect().top)
      await first.waitFor()
      const topEarly = await topOfFirst()
      await page.getByRole('button', { name: 'Stop the answer' }).waitFor()
      expect(await answerOf(page)).not.toContain(`Sentence ${sentences} of it`)
      hurry()
      await page.getByText(receipt).waitFor()
      expect(await topOfFirst()).toBe(topEarly)
      expect(sentencesIn(await answerOf(page))).toEqual(allSentences)
      expect(await marksOf(page).count()).toBe(sentences)
    })

    test('an answer is stopped by its button; what was written stays, and the provider is left', async () => {
      site.provider.script(slowly().behaviour)
      const page = await site.visit(size, '/chat', { as: ada })
      await askOn(page)
      await conversationOf(page).getByText('Sentence 1 of it').waitFor()
      await page.getByRole('button', { name: 'Stop the answer' }).click()
      await page.getByText('Stopped.').waitFor()
      await page.getByRole('button', { name: 'Send', exact: true }).waitFor()
      await site.provider.settled()
      expect(site.provider.calls.at(-1)?.state).toBe('aborted')
      const kept = await answerOf(page)
      await page.reload()
      await page.getByText('Stopped.').waitFor()
      expect(await answerOf(page)).toBe(kept)
    })

    test('a page that is loaded anew in the middle of an answer goes on with it', async () => {
      const { behaviour, hurry } = slowly()
      site.provider.script(behaviour)
      const page = await site.visit(size, '/chat', { as: ada })
      await askOn(page)
      await conversationOf(page).getByText('Sentence 1 of it').waitFor()
      await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/)
      await page.reload()
      await conversationOf(page).getByText('Sentence 1 of it').waitFor()
      await page.getByRole('button', { name: 'Stop the answer' }).waitFor()
      hurry()
      await page.getByText(receipt).waitFor()
      expect(sentencesIn(await answerOf(page))).toEqual(allSentences)
      expect(await conversationOf(page).getByText(question).count()).toBe(1)
    })
  })

  test('Escape stops an answer', async () => {
    site.provider.script(slowly().behaviour)
    const page = await site.visit('desktop', '/chat', { as: ada })
    await askOn(page)
    await conversationOf(page).getByText('Sentence 1 of it').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Stopped.').waitFor()
    await site.provider.settled()
  })

  test('what a provider fails with is said under the question, which can be asked again', async () => {
    site.provider.script(
      { kind: 'cut', afterPieces: 12, text: longAnswer },
      { kind: 'answer', text: 'At 22:15 [1].' },
    )
    const page = await site.visit('desktop', '/chat', { as: ada })
    await askOn(page)
    await page.getByText('The answer failed').waitFor()
    await page.getByText('What had been written is kept.').waitFor()
    await conversationOf(page).getByText('Sentence 1 of it').waitFor()
    await page.getByRole('button', { name: 'Ask again' }).first().click()
    await conversationOf(page).getByText('At 22:15').waitFor()
  })

  describe.each(sizes)('money on a %s', (size) => {
    let grace: Person
    let costUsd: string
    beforeAll(async () => {
      grace = await site.signUp('Grace Hopper')
      // A million tokens read at 2 dollars and a hundred thousand written at 8.
      site.provider.script({
        kind: 'answer',
        text: 'Yes.',
        tokens: { prompt: 1_000_000, completion: 100_000 },
      })
      const { body } = await grace.ask('Is there a budget?')
      costUsd = body.message.receipt?.costUsd ?? ''
    })

    test('every call is in the chart, in its table and in the log, with its arithmetic', async () => {
      expect(costUsd).toBe('2.800000000')
      const page = await site.visit(size, '/usage', { as: grace })
      await page.locator('.recharts-bar-rectangle path').first().waitFor()
      const table = page.getByRole('table', { name: 'Usage by day and model' })
      expect(await table.isVisible()).toBe(false)
      await page.getByText('The chart as a table').click()
      await table
        .getByRole('row', { name: new RegExp(`${modelName}.* 1 1,000,000 100,000 \\$2\\.80`) })
        .waitFor()
      await page.getByRole('table', { name: 'Usage by model' }).getByText('$2.80').first().waitFor()

      await page.getByRole('link', { name: 'Requests', exact: true }).click()
      const row = page.locator('[data-row]').filter({ hasText: modelName })
      await row.getByText('$2.80').waitFor()
      await row.getByText('Succeeded').waitFor()
      await row.getByRole('link').click()
      await page.waitForURL(/request=/)
      const detail = page.getByRole(size === 'desktop' ? 'complementary' : 'dialog', { name: modelName })
      await detail.getByText('How the cost was computed').waitFor()
      await detail.getByRole('row', { name: /1,000,000 tokens read × \$2\.00 \/ M \$2\.000000000/ }).waitFor()
      await detail
        .getByRole('row', { name: /100,000 tokens written × \$8\.00 \/ M \$0\.800000000/ })
        .waitFor()
      await detail.getByRole('row', { name: /Total \$2\.800000000/ }).waitFor()
    })

    test('a budget is a gauge with what is left of it', async () => {
      const page = await site.visit(size, '/usage', { as: grace })
      await page.getByRole('button', { name: 'Set a budget' }).click()
      const dialog = page.getByRole('dialog', { name: 'Set a budget' })
      const amount = dialog.getByLabel('Amount in US dollars')
      await amount.fill('lots')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.getByText('Enter an amount in dollars').waitFor()
      await amount.fill('11.20')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
      const gauge = page.getByRole('meter', { name: 'Monthly budget: $8.40 left' })
      await gauge.waitFor()
      expect(await gauge.getAttribute('aria-valuenow')).toBe('25')
      await page.getByText('hard: calls beyond it are refused').waitFor()
    })

    test('a limit is made, shows what is used of it while one looks, is changed and removed', async () => {
      const page = await site.visit(size, '/usage/limits', { as: grace })
      await page.getByRole('button', { name: 'Set a limit' }).click()
      const dialog = page.getByRole('dialog', { name: 'Set a limit' })
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.getByText('Enter at least one of the three.').waitFor()
      await dialog.getByLabel('Requests a minute').fill('400')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
      const gauge = (used: string) =>
        page.getByRole('meter', { name: `Requests a minute of Everybody and everything: ${used}` })
      await gauge('0 of 400').waitFor()
      await grace.ask('Does this count?')
      await gauge('1 of 400').waitFor()
      await page.getByRole('button', { name: 'Change: limit of Everybody and everything' }).click()
      const change = page.getByRole('dialog', { name: 'Change the limit' })
      await change.getByLabel('Calls at once').fill('7')
      await change.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('meter', { name: 'Calls at once of Everybody and everything: 0 of 7' }).waitFor()
      await page.getByRole('button', { name: 'Change: limit of Everybody and everything' }).click()
      await change.getByRole('button', { name: 'Remove the limit' }).click()
      await page.getByText('No limit is set.').waitFor()
    })

    test('answers are kept for as long as is chosen, and thrown away', async () => {
      const page = await site.visit(size, '/usage/limits', { as: grace })
      await page.getByLabel('How long answers are kept').selectOption('1 hour')
      await page.getByText('Answers are kept', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Throw them away' }).click()
      await page.getByText('The kept answers were thrown away').waitFor()
      await page.reload()
      await page.getByLabel('How long answers are kept').waitFor()
      expect(await page.getByLabel('How long answers are kept').inputValue()).toBe('3600')
      await page.getByLabel('How long answers are kept').selectOption('Not at all')
      await page.getByText('Answers are no longer kept').waitFor()
    })

    test('a hard budget of nothing refuses the next call that costs, and the chat says so', async () => {
      const budget = { limitUsd: '0', window: 'month', hard: true }
      expect((await grace.call('PUT', '/api/v1/budgets/organization', budget)).status).toBe(200)
      const before = site.provider.calls.length
      const page = await site.visit(size, '/chat', { as: grace })
      await page.getByText('Answers come from your documents').waitFor()
      await askOn(page, 'May I still ask?')
      const conversation = conversationOf(page)
      await conversation.getByText('The answer failed').waitFor()
      await conversation.getByText(/is left of the organization's month budget/).waitFor()
      expect(site.provider.calls.length).toBe(before)
      await page.goto('/')
      await page.getByRole('region', { name: 'Needs you' }).getByText('The budget is used up').waitFor()
    })
  })
})

function conversationOf(page: Page) {
  return page.getByRole('log', { name: 'Conversation' })
}

function answerOf(page: Page): Promise<string> {
  return page.locator('.answer').last().innerText()
}

function sentencesIn(text: string): number[] {
  return [...text.matchAll(/Sentence (\d+) of it/g)].map(([, number]) => Number(number))
}

function marksOf(page: Page) {
  return page.getByRole('button', { name: /^Source 1: night-shift\.md/ })
}
