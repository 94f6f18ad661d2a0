import { describe, expect, test } from 'vitest'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

// Only on real sockets does a client leave as clients do.
const gateway = setGatewayOnSockets(async ({ ada }) => {
  await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '1' })
})

const messages = [{ role: 'user', content: 'three short words' }]
const callsSoFar = () => gateway.provider.calls.length

async function heldNanos(): Promise<unknown> {
  const { body } = await gateway.ada.call<{ data: { heldNanos: string }[] }>('GET', '/api/v1/budgets')
  return body.data[0]?.heldNanos
}

function ask(fields: Record<string, unknown>, signal: AbortSignal): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/gpt-4o-mini', messages, ...fields }),
    signal,
  })
}

/** The one call ada's organization has made. */
async function onlyRecord() {
  const list = () => gateway.ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/usage/records')
  await expect.poll(async () => (await list()).body.data.length, { timeout: 5_000, interval: 10 }).toBe(1)
  return (await list()).body.data[0]
}

describe('a caller who leaves', () => {
  test.each([0, 1, 3])(
    'in a stream after %i pieces is recorded as aborted, paid for, and holds nothing any more',
    async (afterPieces) => {
      const before = callsSoFar()
      gateway.provider.script({ kind: 'hang', afterPieces, text: 'one two three' })
      const leaving = new AbortController()
      const response = await ask({ stream: true }, leaving.signal)
      await expect.poll(() => gateway.provider.calls[before]?.completionTokens).toBe(afterPieces)
      await response.body?.getReader().read()
      leaving.abort()
      await gateway.provider.settled()
      expect(gateway.provider.calls[before]?.state).toBe('aborted')
      expect(await onlyRecord()).toMatchObject({ status: 'aborted', errorCode: 'caller_gone' })
      expect(await heldNanos()).toBe('0')
    },
  )

  test('in a stream he had stopped reading is recorded as aborted too', async () => {
    const before = callsSoFar()
    // More than the socket's buffers take, so that the answer stands still at every stage.
    gateway.provider.script({ kind: 'answer', text: `${'x'.repeat(100_000)} `.repeat(200) })
    const leaving = new AbortController()
    const response = await ask({ stream: true }, leaving.signal)
    await response.body?.getReader().read()
    expect(gateway.provider.calls[before]?.state).toBe('open')
    leaving.abort()
    await gateway.provider.settled()
    expect(gateway.provider.calls[before]?.state).toBe('aborted')
    const record = await onlyRecord()
    expect(record).toMatchObject({ status: 'aborted', errorCode: 'caller_gone' })
    expect(BigInt(String(record?.costNanos))).toBeGreaterThan(0n)
    expect(await heldNanos()).toBe('0')
  })

  test('before a whole answer is there ends the call at the provider, and is no error of ours in the log', async () => {
    const before = callsSoFar()
    gateway.provider.script({ kind: 'hang' })
    const leaving = new AbortController()
    const answer = ask({}, leaving.signal).catch(() => undefined)
    await expect.poll(callsSoFar).toBe(before + 1)
    leaving.abort()
    await answer
    await gateway.provider.settled()
    expect(gateway.provider.calls[before]?.state).toBe('aborted')
    const record = await onlyRecord()
    expect(record).toMatchObject({ status: 'aborted', errorCode: 'caller_gone' })
    expect(await heldNanos()).toBe('0')
    const logged = gateway.on.platform.logged.filter((line) => line.includes(String(record?.requestId)))
    expect(logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })
})
