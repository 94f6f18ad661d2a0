import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, onPostgres, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/** A limit of a key over two server processes that share a Valkey, for somewhat more than a minute. */
const valkey = process.env.REDIS_URL
const requestsPerMinute = 30
const windowMs = 60_000
const everyMs = 200
/** A limit is kept in sums of a second, and Retry-After is in whole seconds. */
const lateByMs = 2_500

interface Call {
  sentMs: number
  answeredMs: number
  status: number
  retryAfterMs: number
}

describe.skipIf(!onPostgres || !valkey)(
  'P28: a limit of a key over two processes (needs FREEHOLD_TEST_DATABASE=postgres and REDIS_URL)',
  () => {
    let one: Installation
    let two: Installation
    let ada: Person

    beforeAll(async () => {
      one = await startInstallation({
        FREEHOLD_URL: 'http://freehold.example',
        FREEHOLD_REQUESTS_PER_MINUTE: '1000000',
      })
      two = await startInstallation({ ...one.environment, FREEHOLD_DATA_DIR: `${one.dataDir}-two` })
      ada = await signUp(one)
    }, 180_000)
    afterAll(async () => {
      await two?.dispose()
      await one?.dispose()
    })

    async function chat(at: Installation, key: string): Promise<Call> {
      const sentMs = performance.now()
      const answer = await fetch(`${at.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'local/extractive', messages: [{ role: 'user', content: 'Hello' }] }),
      })
      await answer.arrayBuffer()
      const retryAfterMs = Number(answer.headers.get('retry-after') ?? Number.NaN) * 1_000
      return { sentMs, answeredMs: performance.now(), status: answer.status, retryAfterMs }
    }

    test('no minute lets more than the limit through, and Retry-After says when there is room again', async () => {
      const { id, key } = await ada.newApiKey()
      const made = await ada.call('POST', '/api/v1/limits', { apiKeyId: id, requestsPerMinute })
      expect(made.status).toBe(201)
      // Each node has asked for the limits by then; a change counts everywhere within a second.
      await sleep(1_500)
      const beganMs = performance.now()
      const calling: Promise<Call>[] = []
      // A first burst on both at once, and then steadily for more than a minute.
      for (let count = 0; count < 20; count++) calling.push(chat(count % 2 ? one : two, key))
      while (performance.now() - beganMs < windowMs + 6_000) {
        calling.push(chat(calling.length % 2 ? one : two, key))
        await sleep(everyMs)
      }
      const calls = (await Promise.all(calling)).toSorted((a, b) => a.sentMs - b.sentMs)
      const admitted = calls.filter(({ status }) => status === 200)
      const refused = calls.filter(({ status }) => status === 429)
      expect(admitted.length + refused.length).toBe(calls.length)
      // The limit was used up, and again what became free of it.
      expect(admitted.length).toBeGreaterThan(requestsPerMinute)

      // Of calls that were all surely let in within one minute there are never more than the limit.
      const tooMany = admitted.flatMap(({ sentMs }, first) => {
        const some = admitted.slice(first, first + requestsPerMinute + 1)
        const lastMs = Math.max(...some.map(({ answeredMs }) => answeredMs))
        return some.length > requestsPerMinute && lastMs - sentMs < windowMs ? [lastMs - sentMs] : []
      })
      expect(tooMany).toEqual([])

      // Until the first is a minute old, room begins when it is, and that is what every refusal says.
      const firstSentMs = Math.min(...admitted.map(({ sentMs }) => sentMs))
      const firstAnsweredMs = Math.min(...admitted.map(({ answeredMs }) => answeredMs))
      const early = refused.filter(({ answeredMs }) => answeredMs < firstSentMs + windowMs)
      expect(early.length).toBeGreaterThan(50)
      const wrong = early.filter(
        ({ sentMs, answeredMs, retryAfterMs }) =>
          !(answeredMs + retryAfterMs >= firstSentMs + windowMs) ||
          !(sentMs + retryAfterMs <= firstAnsweredMs + windowMs + lateByMs),
      )
      expect(wrong).toEqual([])
    })
  },
)
