import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../../contract.ts'
import { describeProvider } from '../provider.suite.ts'
import type { Passage } from '../provider.ts'
import { createLocalProvider } from './create-provider.ts'
import type { EmbedTexts } from './embed-texts.ts'

const clock = { now: () => new Date('2026-03-01T12:00:00Z') }
const embed: EmbedTexts = async (texts) =>
  texts.map((text) => Float32Array.from([text.length, text.charCodeAt(0), text.charCodeAt(1)]))

describeProvider('local', async () => ({
  provider: createLocalProvider({ clock, embed }),
  chatModel: 'extractive',
  embeddingModel: 'embedding',
  stop: async () => {},
}))

const lease = passagesOf('Lease.pdf', [
  `4. Notice
The tenant may terminate this agreement by giving notice in writing. The notice period is three months to the end of a
calendar month. It is extended to six months once the tenancy has lasted five years. Notice by e-mail is not sufficient.

5. Deposit
The tenant pays a deposit of EUR 2,400 before moving in. This amount is returned within 30 days after the end of the
tenancy, less the cost of repairs for which the tenant is respon-
sible.`,
  `6. Repairs
The landlord pays for repairs of the roof, the heating and the pipes. Small repairs up to EUR 120 each are paid by the
tenant, cf. Art. 7 No. 3. The tenant must report damage without delay.

7. Pets
Keeping dogs and cats needs the consent of the landlord. Small animals such as hamsters are allowed without consent.`,
  `Every flat has one parking space in the yard. Bicycles are kept in the cellar. The yard gate is closed at 22:00.`,
])

const readme = passagesOf('README.md', [
  `# Example

The backend of a product, owned by the people who run it.

## Quick start

You need Node and npm. Clone the repository, then:

    npm ci && npm start

The server is at http://localhost:3000. The data is kept under \`./data\`.`,
  `## Settings

| Setting | Default | Meaning |
| --- | --- | --- |
| \`PORT\` | 3000 | Port of the server |
| \`DATABASE_URL\` | | A PostgreSQL server in place of the embedded database |

To use a language model, set one of these:

- \`OPENROUTER_API_KEY\` for OpenRouter
- \`OPENAI_BASE_URL\` for Ollama and other compatible servers`,
])

const opening = 'No language model is configured, so here is what your documents say:'

function passagesOf(documentName: string, texts: readonly string[]): Passage[] {
  return texts.map((text, index) => ({
    marker: index + 1,
    text,
    documentName,
    page: index + 1,
    heading: null,
    score: 1 / (60 + index),
  }))
}

async function ask(
  question: string | readonly string[],
  passages?: readonly Passage[],
  body: Partial<ChatRequest> = {},
) {
  const questions = typeof question === 'string' ? [question] : question
  const messages = questions.flatMap((content) => [
    { role: 'user' as const, content },
    { role: 'assistant' as const, content: 'An earlier answer.' },
  ])
  const result = await createLocalProvider({ clock, embed }).chat({
    deploymentModel: 'extractive',
    maxOutputTokens: 4_096,
    signal: new AbortController().signal,
    requestId: 'request-1',
    ...(passages ? { passages } : {}),
    body: { model: 'local/extractive', messages: messages.slice(0, -1), ...body },
  })
  return result.text
}

describe('an answer of the local model', () => {
  it.each([
    [
      'How long is the notice period?',
      'The notice period is three months to the end of a calendar month. It is extended to six months once the tenancy has lasted five years. [1]',
    ],
    [
      'When do I get my deposit back?',
      'The tenant pays a deposit of EUR 2,400 before moving in. This amount is returned within 30 days after the end of the tenancy, less the cost of repairs for which the tenant is responsible. [1]',
    ],
    [
      'Who pays for a broken heating?',
      'The landlord pays for repairs of the roof, the heating and the pipes. [2]',
    ],
    ['May I terminate by email?', 'Notice by e-mail is not sufficient. [1]'],
    ['Can I keep a dog?', 'Keeping dogs and cats needs the consent of the landlord. [2]'],
    ['Where can I park my car?', 'Every flat has one parking space in the yard. [3]'],
  ])('to "%s" begins with the sentence that answers it, with its marker', async (question, quote) => {
    const answer = await ask(question, lease)
    expect(answer.startsWith(`${opening}\n\n> ${quote}`)).toBe(true)
  })

  it('shows the command that a sentence leads to, as code', async () => {
    expect(await ask('How do I start the server?', readme)).toContain(
      '> Clone the repository, then:\n> ```\n> npm ci && npm start\n> ```\n',
    )
  })

  it('shows the list that a sentence leads to', async () => {
    expect(await ask('How can I use a language model?', readme)).toBe(
      `${opening}\n\n> To use a language model, set one of these:\n> - \`OPENROUTER_API_KEY\` for OpenRouter\n> - \`OPENAI_BASE_URL\` for Ollama and other compatible servers [2]`,
    )
  })

  it('shows the row of a table so that it can be read without the table', async () => {
    expect(await ask('What is the default port?', readme)).toBe(
      `${opening}\n\n> Setting: \`PORT\` · Default: 3000 · Meaning: Port of the server [2]`,
    )
  })

  it('quotes several passages where several bear on the question, and none twice', async () => {
    const passages = passagesOf('Handbook', [
      'Refunds are paid within 14 days of the request. The office is open on weekdays.',
      'A refund needs the receipt of the purchase. Our cafeteria serves lunch.',
      'Refunds are paid within 14 days of the request. Parking is free.',
    ])
    const answer = await ask('How do refunds work?', passages)
    expect(answer.match(/\[\d\]/g)?.sort()).toEqual(['[1]', '[2]'])
    expect(answer).not.toContain('cafeteria')
  })

  it('takes the subject of a question that only goes on from the one before', async () => {
    expect(await ask(['How high is the deposit?', 'And when is it returned?'], lease)).toContain(
      'returned within 30 days',
    )
  })

  it('gives an overview, from several passages, when the question names no subject', async () => {
    for (const question of ['What is this about?', 'Summarize the document', 'Give me an overview, please']) {
      const answer = await ask(question, lease)
      expect(answer.startsWith(opening)).toBe(true)
      expect(new Set(answer.match(/\[\d\]/g)).size).toBeGreaterThanOrEqual(2)
    }
  })

  it.each([
    ['What is the capital of France?', lease],
    [
      'What is the capital of France?',
      passagesOf('Report', ['Our capital expenditure rose by 4 % in 2024.']),
    ],
    ['Anything on taxes?', []],
  ])(
    'to "%s" says plainly that nothing bears on it, and how to connect a model',
    async (question, passages) => {
      const answer = await ask(question, passages)
      expect(answer).toMatch(/nothing found in your documents bears on this question/)
      expect(answer).toMatch(/OPENROUTER_API_KEY.*OPENAI_BASE_URL/)
      expect(answer).not.toMatch(/^>/m)
    },
  )

  it('offers what is close in meaning, and says so, when the words of the question are not in it', async () => {
    const passages = lease.map((passage, index) => ({ ...passage, similarity: index === 1 ? 0.52 : 0.1 }))
    const answer = await ask('plumbing outage liability', passages)
    expect(answer).toMatch(
      /^No language model is configured\. .*closest in meaning:\n\n> The landlord pays for repairs/,
    )
    expect(answer.match(/\[\d\]/g)?.every((marker) => marker === '[2]')).toBe(true)
  })

  it('greets nobody with quotes', async () => {
    expect(await ask('hello!', lease)).not.toMatch(/^>/m)
  })

  it('says what it is and what to set when there is nothing to quote from', async () => {
    const answer = await ask('How are you?')
    expect(answer).toMatch(/^No language model is configured\. This model only quotes/)
    expect(answer).toMatch(/OPENROUTER_API_KEY.*OPENAI_BASE_URL/)
  })

  it.each([
    [
      'before the question',
      (text: string, question: string) => [{ role: 'user' as const, content: `${text}\n\n${question}` }],
    ],
    [
      'behind the question',
      (text: string, question: string) => [{ role: 'user' as const, content: `${question}\n\n${text}` }],
    ],
    [
      'in the system message',
      (text: string, question: string) => [
        { role: 'system' as const, content: text },
        { role: 'user' as const, content: question },
      ],
    ],
    [
      'as a content part',
      (text: string, question: string) => [
        {
          role: 'user' as const,
          content: [
            { type: 'text', text: `${text}\n` },
            { type: 'text', text: question },
          ],
        },
      ],
    ],
  ])('quotes from a text that was sent %s', async (_, messagesOf) => {
    const messages = messagesOf(
      lease.map((passage) => passage.text).join('\n\n'),
      'How long is the notice period?',
    )
    expect(await ask('', undefined, { messages })).toMatch(
      /^No language model is configured, so here is what the text you sent says:\n\n> The notice period is three months[^[]*$/,
    )
  })

  it('keeps what a document says from acting on the reader', async () => {
    const passages = passagesOf('Trap', [
      'The refund policy ![x](http://tracker.example/p.png) is strict [7] and <img src=x onerror=alert(1)> is [described here](http://evil.example).',
    ])
    const answer = await ask('What is the refund policy?', passages)
    expect(answer).not.toMatch(/!\[|\]\(|(?<!\\)<img|\[7\]|evil\.example|tracker/)
    expect(answer).toMatch(/strict \(7\).*described here\. \[1\]$/)
  })

  it('cuts a page without sentences to the part that has the words of the question', async () => {
    const filler = 'lorem ipsum dolor sit amet consectetur '.repeat(40)
    const answer = await ask(
      'What is the warranty period?',
      passagesOf('Flat.pdf', [`${filler} the warranty period is two years ${filler}`]),
    )
    expect(answer).toContain('the warranty period is two years')
    expect(answer.length).toBeLessThan(700)
  })

  it('finds words in scripts without spaces and with other accents', async () => {
    const tower = passagesOf('塔', ['東京タワーは1958年に建てられた。公園は広い。'])
    const cafe = passagesOf('Menü', ['Der Kaffee kostet 3 €. Die Küche schließt um 22 Uhr.'])
    expect(await ask('東京タワーはいつ建てられた?', tower)).toContain('1958年に建てられた。 [1]')
    expect(await ask('Wann schliesst die Kuche?', cafe)).toContain('Die Küche schließt um 22 Uhr. [1]')
  })

  it('is the same for the same call', async () => {
    expect(await ask('Who pays for repairs?', lease)).toBe(await ask('Who pays for repairs?', lease))
  })

  it('stops before the caller’s stop sequence', async () => {
    const answer = await ask('How long is the notice period?', lease, { stop: ['three'] })
    expect(answer).toBe(`${opening}\n\n> The notice period is `)
  })

  it('refuses what it cannot do at all, with the parameter', async () => {
    const json = ask('How long?', lease, { response_format: { type: 'json_object' } })
    const tool = ask('How long?', lease, { tool_choice: 'required' })
    await expect(json).rejects.toMatchObject({ kind: 'rejected', param: 'response_format' })
    await expect(tool).rejects.toMatchObject({ kind: 'rejected', param: 'tool_choice' })
  })
})
