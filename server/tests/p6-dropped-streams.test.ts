import { expect, test } from 'vitest'
import { setGatewayOnSockets } from '../src/modules/gateway/gateway-on-sockets.fixture.ts'
import type { FakeBehaviour } from '../src/testing/fake-provider/behaviours.ts'
import type { FakeCall } from '../src/testing/fake-provider/fake-provider.ts'

/**
 * P6: a dropped stream is billed right. The provider keeps a ledger of its own, of what it was asked and what it has sent;
 * the gateway's is held against it, after streams that broke at random points for each reason there is.
 */
const rounds = Number(process.env.FREEHOLD_TEST_CUTS ?? 60)
const seed = Number(process.env.FREEHOLD_TEST_SEED ?? Date.now() % 1_000_000)

const on = setGatewayOnSockets(async ({ ada }) => {
  await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '100' })
})

const model = 'openai/gpt-4o-mini'
const nanosOf = ({ promptTokens, completionTokens }: FakeCall) => promptTokens * 150 + completionTokens * 600

/** Mulberry32. */
function createRandom(state: number): (below: number) => number {
  let now = state
  return (below) => {
    now = (now + 0x6d2b79f5) | 0
    let mixed = Math.imul(now ^ (now >>> 15), 1 | now)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const asked = {
  '/v1/chat/completions': (content: string) => ({ messages: [{ role: 'user', content }] }),
  '/v1/messages': (content: string) => ({ messages: [{ role: 'user', content }], max_tokens: 500 }),
  '/v1/responses': (content: string) => ({ input: content }),
} as const
const paths = ['/v1/chat/completions', '/v1/messages', '/v1/responses'] as const

/** Breaks one stream. @returns what the provider saw of it */
async function dropOne(random: (below: number) => number, countsPieces: boolean): Promise<FakeCall> {
  const words = Array.from({ length: 40 }, () => 'abcdefghijklmnop'.slice(0, 1 + random(16)))
  const afterPieces = 1 + random(words.length - 1)
  const pieces = { afterPieces, text: words.join(' '), countsPieces }
  const error = { message: 'Overloaded', type: 'overloaded_error' }
  const behaviours: FakeBehaviour[] = [
    { kind: 'hang', ...pieces },
    { kind: 'hang', ...pieces },
    { kind: 'cut', ...pieces },
    { kind: 'cut', clean: true, ...pieces },
    { kind: 'stream_error', error, ...pieces },
  ]
  const behaviour = behaviours[random(behaviours.length)] ?? { kind: 'hang', ...pieces }
  const path = paths[random(paths.length)] ?? '/v1/responses'
  const before = on.provider.calls.length
  on.provider.script(behaviour)
  const leaving = new AbortController()
  const response = await fetch(on.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${on.ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      stream: true,
      ...asked[path](words.slice(0, random(40)).join(' ') || 'x'),
    }),
    signal: leaving.signal,
  })
  // Leaves once all that the provider sends has come through; where the provider breaks off, at the end.
  const written = words.slice(0, afterPieces).join(' ')
  const lastWord = words[afterPieces - 1] ?? ''
  let seen = ''
  try {
    for await (const bytes of response.body ?? []) {
      seen += new TextDecoder().decode(bytes)
      if (behaviour.kind === 'hang' && textIn(seen) === written) leaving.abort()
    }
  } catch (thrown) {
    if (!leaving.signal.aborted) throw thrown
  }
  expect(seen, `${path} ${behaviour.kind}`).toContain(lastWord)
  await on.provider.settled()
  const call = on.provider.calls[before]
  if (!call) throw new Error('The provider was not asked.')
  if (behaviour.kind === 'hang') expect(call.state).toBe('aborted')
  return call
}

/** The text of as many whole events as have come, in whichever protocol. */
function textIn(stream: string): string {
  let text = ''
  for (const line of stream.split('\n\n').slice(0, -1)) {
    const data = /^data: (\{.*\})$/m.exec(line)?.[1]
    if (data === undefined) continue
    const event = JSON.parse(data)
    if (event.type === 'response.output_text.delta') text += event.delta
    else if (event.type === 'content_block_delta') text += event.delta.text
    else text += event.choices?.[0]?.delta?.content ?? ''
  }
  return text
}

/** A provider that failed three times in a row would not be asked the next time. */
async function answerBetween(): Promise<void> {
  const body = { model, messages: [{ role: 'user', content: 'in between' }] }
  expect((await on.ada.call('POST', '/v1/chat/completions', body)).status).toBe(200)
}

/** What was billed less what the provider charges, call by call, in nano-dollars. */
async function differences(count: number, countsPieces: boolean): Promise<bigint[]> {
  const random = createRandom(seed)
  const found: bigint[] = []
  for (let round = 0; round < count; round++) {
    const call = await dropOne(random, countsPieces)
    await answerBetween()
    const path = `/api/v1/usage/${call.headers['x-client-request-id']}`
    const settled = () => on.ada.call<{ costNanos: string }>('GET', path)
    await expect.poll(async () => (await settled()).status, { timeout: 10_000, interval: 5 }).toBe(200)
    found.push(BigInt((await settled()).body.costNanos) - BigInt(nanosOf(call)))
  }
  return found
}

test(`${rounds} streams dropped at random are billed what the provider's ledger says, and nothing stays held (seed ${seed})`, {
  timeout: 60_000 + rounds * 2_000,
}, async () => {
  const found = await differences(rounds, true)
  expect(found.filter((nanos) => nanos !== 0n)).toEqual([])
  expect(found).toHaveLength(rounds)
  const { body } = await on.ada.call<{ data: Record<string, string>[] }>('GET', '/api/v1/budgets')
  expect(body.data[0]?.heldNanos).toBe('0')
})

test('the ledgers differ where a provider does not say what it has sent, so that a difference would be seen', async () => {
  const found = await differences(6, false)
  expect(found.some((nanos) => nanos !== 0n)).toBe(true)
})
