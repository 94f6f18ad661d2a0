import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../platform/cache/tcp-proxy.fixture.ts'
import { postgresDatabase } from '../../platform/db/postgres-database.ts'
import { newId } from '../../platform/ids.ts'
import { createLogger } from '../../platform/telemetry/index.ts'
import { createMemoryPlatform, type TestPlatform } from '../../testing/memory-platform.ts'
import { createTestPostgres, type TestPostgres } from '../../testing/postgres-template.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'
import { begin, end, newCall, type TestCall, type TestNode } from './money-gate.fixture.ts'
import { createMoneyGate } from './money-gate.ts'

/** FREEHOLD_TEST_STALL_SECONDS=600 is the full size. */
const stallSeconds = Number(process.env.FREEHOLD_TEST_STALL_SECONDS ?? 4)
const callsPerSecond = 200

describe.skipIf(!testsOnPostgres)('with PostgreSQL away (needs FREEHOLD_TEST_DATABASE=postgres)', () => {
  let served: TestPostgres
  let proxy: TcpProxy
  let platform: TestPlatform
  let node: TestNode

  beforeAll(async () => {
    const url = process.env.DATABASE_URL ?? ''
    const logger = createLogger({ level: 'silent', format: 'json' })
    served = await createTestPostgres(url, logger)
    const { hostname, port } = new URL(url)
    proxy = await startTcpProxy(hostname, Number(port || 5432))
    const proxied = new URL(served.url)
    proxied.hostname = '127.0.0.1'
    proxied.port = String(proxy.port)
    platform = await createMemoryPlatform(postgresDatabase({ url: proxied.toString(), poolSize: 10 }, logger))
    node = { platform, gate: createMoneyGate(platform) }
  })
  afterAll(async () => {
    await proxy?.restore()
    await node?.gate.close()
    await platform?.database.close()
    await platform?.dispose()
    await served?.drop()
  })

  /** An organization with a hard budget, made behind the server's back. */
  async function organization(): Promise<string> {
    const id = newId()
    await served.database.query(
      `insert into freehold.organizations (id, name, slug, created_at, updated_at) values ($1, 'Acme', $2, now(), now())`,
      [id, `acme-${id}`],
    )
    await served.database.query(
      `insert into freehold.budgets (organization_id, id, limit_nanos, budget_window, hard, window_started_at, created_at, updated_at)
       values ($1, $2, 1000000000, 'lifetime', true, 'epoch', now(), now())`,
      [id, newId()],
    )
    return id
  }

  async function booked(organizationId: string) {
    const [records] = await served.database.query(
      'select count(*)::int as calls, coalesce(sum(cost_nanos), 0)::int as cost from freehold.usage_records where organization_id = $1',
      [organizationId],
    )
    const [budget] = await served.database.query(
      'select settled_nanos::int as settled from freehold.budgets where organization_id = $1',
      [organizationId],
    )
    return { ...records, ...budget }
  }

  /** Begins a call and ends it at a cost of one; tells how it went and how long it took to say so. */
  async function tryCall(call: TestCall): Promise<{ status: number; tookMs: number }> {
    const beganMs = performance.now()
    try {
      const { held } = await begin(node, call, 1_000n)
      const tookMs = performance.now() - beganMs
      if (held) await end(node, call, 1n)
      return { status: held ? 200 : 402, tookMs }
    } catch (error) {
      // What a gate throws is an AppError.
      return { status: (error as { status: number }).status, tookMs: performance.now() - beganMs }
    }
  }

  test('P35: new spend is refused within a second, and calls under way end and are recorded once when it returns', async () => {
    const organizationId = await organization()
    const underWay = Array.from({ length: 10 }, () => newCall(organizationId))
    for (const call of underWay) expect(await begin(node, call, 1_000n)).toEqual({ held: true })
    await proxy.cut()
    const lostMs = performance.now()
    const answers: { status: number; tookMs: number; sinceMs: number }[] = []
    while (performance.now() - lostMs < 3_000) {
      const sinceMs = performance.now() - lostMs
      answers.push({ ...(await tryCall(newCall(organizationId))), sinceMs })
      await sleep(20)
    }
    // Under its lease a node goes on for as long as it knows the budgets: no longer than a second.
    const late = answers.filter(({ sinceMs }) => sinceMs > 1_000)
    expect(late.length).toBeGreaterThan(10)
    expect(late.filter(({ status }) => status !== 503)).toEqual([])
    expect(answers.filter(({ tookMs }) => tookMs > 1_500)).toEqual([])
    for (const call of underWay) await end(node, call, 100n)
    const accepted = answers.filter(({ status }) => status === 200).length
    await proxy.restore()
    const expected = { calls: 10 + accepted, cost: 1_000 + accepted, settled: 1_000 + accepted }
    await expect.poll(() => booked(organizationId), { timeout: 20_000 }).toEqual(expected)
    await expect
      .poll(async () => (await tryCall(newCall(organizationId))).status, { timeout: 20_000 })
      .toBe(200)
  })

  test(
    `P9: ${callsPerSecond} calls a second against a database that stalls take no memory, and what was accepted is billed`,
    async () => {
      const organizationId = await organization()
      expect(await tryCall(newCall(organizationId))).toMatchObject({ status: 200 })
      await node.gate.recorded(organizationId)
      const blocker = new pg.Client({ connectionString: served.url })
      await blocker.connect()
      await blocker.query('begin; lock table freehold.budgets in access exclusive mode')
      const before = process.memoryUsage().heapUsed
      let most = 0
      const answers: Promise<void>[] = []
      const counts = new Map<number, number>()
      for (let sent = 0; sent < stallSeconds * callsPerSecond; sent++) {
        const count = async () => {
          const { status } = await tryCall(newCall(organizationId))
          counts.set(status, (counts.get(status) ?? 0) + 1)
        }
        answers.push(count())
        if (sent % callsPerSecond === 0) most = Math.max(most, process.memoryUsage().heapUsed - before)
        await sleep(1_000 / callsPerSecond - 1)
      }
      await sleep(1_200)
      await blocker.query('rollback')
      await blocker.end()
      await Promise.all(answers)
      expect(most / 1_048_576).toBeLessThan(64)
      // The first ones were covered by the lease; all others were refused.
      const accepted = counts.get(200) ?? 0
      expect([...counts.keys()].toSorted()).toEqual([200, 503])
      expect((counts.get(503) ?? 0) + accepted).toBe(stallSeconds * callsPerSecond)
      const billed = { calls: 1 + accepted, cost: 1 + accepted, settled: 1 + accepted }
      await expect.poll(() => booked(organizationId), { timeout: 20_000 }).toEqual(billed)
    },
    (stallSeconds + 60) * 1_000,
  )
})
