import { describe, expect, it } from 'vitest'
import { createLocalProvider } from './create-provider.ts'

const question = 'How long is the notice period?'

describe('the local model, given a text of any length and kind', () => {
  it.each([
    ['prose', 'The notice period is three months. '],
    ['one endless word', 'a'],
    ['quotation marks', '"'],
    ['initials', 'A. '],
    ['headings of white space', '#  '],
    ['code fences', '```\n'],
    ['lines that are no sentence', 'word\n'],
    ['empty lines', '\n'],
    ['cells of a table', '| '],
    ['images that never end', '!['],
    ['questions', '? '],
    ['characters of a script without spaces', '東京'],
  ])('answers in a moment from 4 MB of %s', async (_, piece) => {
    const text = piece.repeat(Math.ceil((4 * 1024 * 1024) / piece.length))
    const provider = createLocalProvider({ clock: { now: () => new Date(0) } })
    const call = (content: string, passage?: string) => ({
      deploymentModel: 'extractive',
      body: { model: 'local/extractive', messages: [{ role: 'user' as const, content }] },
      ...(passage
        ? {
            passages: [
              { marker: 1, text: passage, documentName: 'Long', page: null, heading: null, score: 1 },
            ],
          }
        : {}),
      maxOutputTokens: 1_000,
      signal: new AbortController().signal,
      requestId: 'request-1',
    })
    const started = performance.now()
    await provider.chat(call(`${text}\n\n${question}`))
    await provider.chat(call(`${question}\n\n${text}`))
    await provider.chat(call(question, text))
    // Tenths of a second here; a pattern that reads its line again for each character takes minutes.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
