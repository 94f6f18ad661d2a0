import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { signUp } from '../examples/demo/api-client.ts'
import { type Deployment, type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import { type Figure, figureOfRuns, percentile } from './figure.ts'

/** Small enough that a busy machine can send ten times as much. */
const requestsPerMinute = 1_200
const noisyPerSecond = (10 * requestsPerMinute) / 60
const quietPerSecond = 15
const noisyConnections = 64
const roundMs = 4_000
const rounds = 5
const documentsPerRound = 4
const atMost = 1.3

type Load = 'alone' | 'beside requests' | 'beside documents'
const loads: readonly Load[] = ['alone', 'beside requests', 'beside documents']

/** What one organization notices of another that asks ten times what it may, or that has documents read. */
export async function measureNeighbour(kind: DeploymentKind): Promise<Figure[]> {
  return withDeployment(kind, (deployment) => {
    const settings = { ...deployment.settings, FREEHOLD_REQUESTS_PER_MINUTE: String(requestsPerMinute) }
    const limited: Deployment = { ...deployment, settings }
    return withServer(limited, async ({ url }) => {
      const [quiet, flooding, sending] = [
        await newOrganization(url),
        await newOrganization(url),
        await newOrganization(url),
      ]
      const p95: Record<Load, number[]> = { alone: [], 'beside requests': [], 'beside documents': [] }
      for (let round = 0; round <= rounds; round++) {
        for (const load of loads) {
          const noisy = load === 'beside requests' ? flooding : sending
          const tookMs = await measureBeside(url, load, noisy, quiet)
          // The first round warms up.
          if (round > 0) p95[load].push(percentile(tookMs, 0.95))
        }
      }
      return loads.slice(1).map((load) => {
        const ratios = p95[load].map((value, round) => value / (p95.alone[round] ?? Number.NaN))
        const name = `p95 of a read ${load} of another ÷ alone, ${kind}`
        return figureOfRuns({ suite: 'neighbour', name, unit: '×', target: atMost }, ratios)
      })
    })
  })
}

async function newOrganization(url: string): Promise<string> {
  const input = {
    email: `${crypto.randomUUID()}@example.com`,
    password: 'a-long-passphrase',
    name: 'Ada',
    organizationName: 'Bench',
  }
  return (await signUp(url, input, AbortSignal.timeout(60_000))).accessToken
}

async function measureBeside(url: string, load: Load, noisy: string, quiet: string): Promise<number[]> {
  const done = new AbortController()
  if (load === 'beside requests') await useUp(url, noisy)
  const noise =
    load === 'alone'
      ? Promise.resolve()
      : load === 'beside requests'
        ? flood(url, noisy, done.signal)
        : sendDocuments(url, noisy)
  const measured = readAtPace(url, quiet).finally(() => done.abort())
  const [tookMs] = await Promise.all([measured, noise])
  if (load === 'beside documents') await untilRead(url, noisy)
  return tookMs
}

/** At a fixed pace, whether or not the answer before has come. Every one must be answered. */
async function readAtPace(url: string, token: string): Promise<number[]> {
  const pool = new Pool(url, { connections: 16, pipelining: 1 })
  const reads: Promise<number>[] = []
  const startedAt = performance.now()
  for (let sent = 0; performance.now() - startedAt < roundMs; sent++) {
    const dueInMs = startedAt + (sent * 1_000) / quietPerSecond - performance.now()
    if (dueInMs > 0) await sleep(dueInMs)
    reads.push(readOnce(pool, token))
  }
  const tookMs = await Promise.all(reads)
  await pool.close()
  return tookMs
}

async function readOnce(pool: Pool, token: string): Promise<number> {
  const startedAt = performance.now()
  const status = await ask(pool, token)
  if (status !== 200) throw new Error(`The quiet organization was answered ${status}.`)
  return performance.now() - startedAt
}

async function ask(pool: Pool, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path: '/api/v1/api-keys?limit=50',
    headers,
  })
  await body.dump()
  return statusCode
}

/** What may come at once is over soon; what goes on is measured. */
async function useUp(url: string, token: string): Promise<void> {
  const pool = new Pool(url, { connections: noisyConnections, pipelining: 1 })
  const untilRefused = async () => {
    while ((await ask(pool, token)) === 200);
  }
  await Promise.all(Array.from({ length: noisyConnections }, untilRefused))
  await pool.close()
}

/** Ten times what the organization may ask. */
async function flood(url: string, token: string, signal: AbortSignal): Promise<void> {
  const pool = new Pool(url, { connections: noisyConnections, pipelining: 1 })
  const everyMs = 10
  const underWay = new Set<Promise<unknown>>()
  const startedAt = performance.now()
  for (let sent = 0; !signal.aborted; ) {
    const due = ((performance.now() - startedAt) / 1_000) * noisyPerSecond
    for (; sent < due; sent++) {
      // A server that cannot keep up is not sent more than the connections hold.
      if (underWay.size >= noisyConnections) continue
      const one: Promise<unknown> = ask(pool, token)
        // What the noisy one loses is not measured.
        .catch(() => undefined)
        .finally(() => underWay.delete(one))
      underWay.add(one)
    }
    await sleep(everyMs)
  }
  await Promise.all(underWay)
  await pool.close()
}

async function sendDocuments(url: string, token: string): Promise<void> {
  const page = 'The report says that it was warm in spring, and that nobody had expected it.\n\n'.repeat(60)
  for (let sent = 0; sent < documentsPerRound; sent++) {
    const body = new FormData()
    body.set('file', new Blob([`# Report ${crypto.randomUUID()}\n\n${page}`]), 'report.md')
    const answer = await fetch(`${url}/api/v1/documents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    })
    await answer.arrayBuffer()
    if (answer.status !== 202) throw new Error(`An upload was answered ${answer.status}.`)
  }
}

/** So that the next round is not measured beside what is left of this one. */
async function untilRead(url: string, token: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/documents?limit=100`, {
      headers: { authorization: `Bearer ${token}` },
    })
    // The contract of the list of documents.
    const { data } = (await answer.json()) as { data: { status: string }[] }
    if (data.every(({ status }) => status === 'ready' || status === 'failed')) return
    await sleep(500)
  }
}
