import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'

const origin = 'https://app.example.com'
let on: TestApp
beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_ALLOWED_ORIGINS: origin })
})
afterAll(() => on.dispose())

/** What a browser sends without asking. */
const safe = new Set([
  'accept',
  'accept-language',
  'content-language',
  'host',
  'connection',
  'content-length',
])

const model = 'local/extractive'
const messages = [{ role: 'user' as const, content: 'Hello' }]

/** The names of the headers that a client gives to `fetch`. */
async function headersOf(use: (fetch: typeof globalThis.fetch) => Promise<unknown>): Promise<string[]> {
  let names: string[] = []
  const noting: typeof globalThis.fetch = async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}))
    names = [...headers.keys()]
    return Response.json({}, { status: 500 })
  }
  await use(noting).catch(() => undefined)
  return names.filter((name) => !safe.has(name))
}

test.each<[string, (fetch: typeof globalThis.fetch) => Promise<unknown>]>([
  [
    'OpenAI',
    (fetch) =>
      new OpenAI({
        apiKey: 'k',
        organization: 'org',
        project: 'p',
        fetch,
        maxRetries: 0,
        dangerouslyAllowBrowser: true,
      }).chat.completions
        .stream({ model, messages })
        .done(),
  ],
  [
    'Anthropic',
    (fetch) =>
      new Anthropic({
        apiKey: 'k',
        fetch,
        maxRetries: 0,
        dangerouslyAllowBrowser: true,
      }).beta.messages.create({
        model,
        messages,
        max_tokens: 1,
        betas: ['files-api-2025-04-14'],
      }),
  ],
])('a page of an allowed origin may send what the client of %s sends', async (_, use) => {
  const names = await headersOf(use)
  expect(names.length).toBeGreaterThan(5)
  const preflight = await on.request('OPTIONS', '/v1/chat/completions', {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': names.join(','),
    },
  })
  const allowed = preflight.headers.get('access-control-allow-headers')?.toLowerCase().split(', ') ?? []
  expect(names.filter((name) => !allowed.includes(name))).toEqual([])
})

test('a page of another origin may send none of it', async () => {
  const preflight = await on.request('OPTIONS', '/v1/chat/completions', {
    headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
  })
  expect(preflight.headers.get('access-control-allow-headers')).toBeNull()
})
