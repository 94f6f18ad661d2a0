import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../src/platform/cache/tcp-proxy.fixture.ts'
import { type FakeProvider, startFakeProvider } from '../../src/testing/fake-provider/fake-provider.ts'
import type { Budget, Model, Page } from './support/contract.ts'
import { eventually } from './support/eventually.ts'
import { type Installation, onPostgres, startInstallation } from './support/installation.ts'
import { type Person, signUp } from './support/person.ts'

/** Two server processes whose Valkey goes silent, away and comes back while calls are made without a pause. */
const valkey = process.env.REDIS_URL
const phaseMs = 2_500
const backWithinMs = 5_000
const pricing = { prompt: '0.000002', completion: '0.000008' }

describe.skipIf(!onPostgres || !valkey)(
  'P34: calls while Valkey is lost (needs FREEHOLD_TEST_DATABASE=postgres and REDIS_URL)',
  () => {
    let provider: FakeProvider
    let proxy: TcpProxy
    let nodes: Installation[]
    let ada: Person
    let key: string

    beforeAll(async () => {
      provider = await startFakeProvider({
        models: [{ id: 'fake-large', pricing, context_length: 32_000 }],
      })
      const url = new URL(valkey ?? '')
      proxy = await startTcpProxy(url.hostname, Number(url.port || 6379))
      url.host = `127.0.0.1:${proxy.port}`
      const one = await startInstallation({
        FREEHOLD_URL: 'http://freehold.example',
        REDIS_URL: url.href,
        OPENAI_BASE_URL: provider.url,
        FREEHOLD_DEFAULT_MODEL: 'fake-large',
        FREEHOLD_REQUESTS_PER_MINUTE: '1000000',
      })
      nodes = [one]
      nodes.push(await startInstallation({ ...one.environment, FREEHOLD_DATA_DIR: `${one.dataDir}-two` }))
      ada = await signUp(one)
      key = (await ada.newApiKey()).key
      await ada.call('PUT', '/api/v1/budgets/organization', {
        limitUsd: '1000',
        window: 'lifetime',
        hard: true,
      })
      await ada.call('POST', '/api/v1/limits', {
        requestsPerMinute: 100_000,
        tokensPerMinute: 100_000_000,
        callsAtOnce: 1_000,
      })
      for (const node of nodes) {
        const headers = { authorization: `Bearer ${key}` }
        const look = async () => {
          const answer = await fetch(`${node.url}/api/v1/models`, { headers })
          // The contract of the list.
          return ((await answer.json()) as Page<Model>).data
        }
        await eventually(look, (models) =>
          models.some(({ id, notice }) => id === 'fake-large' && notice === null),
        )
      }
    }, 180_000)
    afterAll(async () => {
      for (const node of nodes ?? []) await node.dispose()
      await proxy?.cut()
      await provider?.close()
    })

    async function ask(node: Installation): Promise<number> {
      const answer = await fetch(`${node.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'fake-large',
          max_tokens: 50,
          messages: [{ role: 'user', content: 'hello' }],
        }),
      })
      await answer.arrayBuffer()
      return answer.status
    }

    test('none fails for it, the books stay exact, and the nodes hear each other again soon after', async () => {
      const statuses: number[] = []
      let calling = true
      const callers = nodes.flatMap((node) =>
        [1, 2].map(async () => {
          while (calling) {
            statuses.push(await ask(node))
            await sleep(5)
          }
        }),
      )
      await sleep(phaseMs)
      proxy.freeze()
      await sleep(phaseMs)
      await proxy.cut()
      await sleep(phaseMs)
      await proxy.restore()
      const back = nodes.map((node) =>
        eventually(
          async () => node.log(),
          (log) => log.includes('Valkey is back.'),
          { withinMs: backWithinMs },
        ),
      )
      await Promise.all(back)
      await sleep(phaseMs)
      calling = false
      await Promise.all(callers)
      expect(statuses.length).toBeGreaterThan(100)
      expect(statuses.filter((status) => status !== 200)).toEqual([])
      const budget = async () => (await ada.call<Page<Budget>>('GET', '/api/v1/budgets')).body.data[0]
      const settled = await eventually(budget, (one) => one?.heldNanos === '0', { withinMs: 30_000 })
      const records = await ada.usageRecords()
      expect(records).toHaveLength(statuses.length)
      const spent = records.reduce((sum, { costNanos }) => sum + BigInt(costNanos), 0n)
      expect(settled?.settledNanos).toBe(String(spent))
    }, 120_000)
  },
)
