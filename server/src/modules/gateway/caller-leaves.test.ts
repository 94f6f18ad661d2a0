import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Listening, listen } from '../../testing/listen.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

// On real sockets: only there does a client leave as clients do.
let provider: FakeProvider
let on: TestApp
let listening: Listening
let ada: Actor

beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({ OPENROUTER_API_KEY: 'sk-or-test-key', OPENROUTER_BASE_URL: provider.url })
  listening = await listen(on.app)
})

afterAll(async () => {
  await listening.close()
  await on.dispose()
  await provider.close()
})

beforeEach(async () => {
  ada = await signUp(on)
  await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '1' })
})

const messages = [{ role: 'user', content: 'three short words' }]
const callsSoFar = () => provider.calls.length

async function heldNanos(): Promise<unknown> {
  const { body } = await ada.call<{ data: { heldNanos: string }[] }>('GET', '/api/v1/budgets')
  return body.data[0]?.heldNanos
}

function ask(fields: Record<string, unknown>, signal: AbortSignal): Promise<Response> {
  return fetch(`${listening.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/gpt-4o-mini', messages, ...fields }),
    signal,
  })
}

/** The one call ada's organization has made. */
async function onlyRecord() {
  const list = () => ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/usage/records')
  await expect.poll(async () => (await list()).body.data.length, { timeout: 5_000, interval: 10 }).toBe(1)
  return (await list()).body.data[0]
}

describe('a caller who leaves', () => {
  test.each([0, 1, 3])(
    'in a stream after %i pieces is recorded as aborted, paid for, and holds nothing any more',
    async (afterPieces) => {
      const before = callsSoFar()
      provider.script({ kind: 'hang', afterPieces, text: 'one two three' })
      const leaving = new AbortController()
      const response = await ask({ stream: true }, leaving.signal)
      await expect.poll(() => provider.calls[before]?.completionTokens).toBe(afterPieces)
      await response.body?.getReader().read()
      leaving.abort()
      await provider.settled()
      expect(provider.calls[before]?.state).toBe('aborted')
      expect(await onlyRecord()).toMatchObject({ status: 'aborted', errorCode: 'caller_gone' })
      expect(await heldNanos()).toBe('0')
    },
  )

  test('in a stream he had stopped reading is recorded as aborted too', async () => {
    const before = callsSoFar()
    // More than the socket's buffers take, so that the answer stands still at every stage.
    provider.script({ kind: 'answer', text: `${'x'.repeat(100_000)} `.repeat(200) })
    const leaving = new AbortController()
    const response = await ask({ stream: true }, leaving.signal)
    await response.body?.getReader().read()
    expect(provider.calls[before]?.state).toBe('open')
    leaving.abort()
    await provider.settled()
    expect(provider.calls[before]?.state).toBe('aborted')
    const record = await onlyRecord()
    expect(record).toMatchObject({ status: 'aborted', errorCode: 'caller_gone' })
    expect(BigInt(String(record?.costNanos))).toBeGreaterThan(0n)
    expect(await heldNanos()).toBe('0')
  })

  test('before a whole answer is there ends the call at the provider, and is no error of ours in the log', async () => {
    const before = callsSoFar()
    provider.script({ kind: 'hang' })
    const leaving = new AbortController()
    const answer = ask({}, leaving.signal).catch(() => undefined)
    await expect.poll(callsSoFar).toBe(before + 1)
    leaving.abort()
    await answer
    await provider.settled()
    expect(provider.calls[before]?.state).toBe('aborted')
    const record = await onlyRecord()
    expect(record).toMatchObject({ status: 'aborted', errorCode: 'caller_gone' })
    expect(await heldNanos()).toBe('0')
    const logged = on.platform.logged.filter((line) => line.includes(String(record?.requestId)))
    expect(logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })
})
