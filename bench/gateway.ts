import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { signUp } from '../examples/demo/api-client.ts'
import { type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import { type Figure, figureOfRuns, median, percentile } from './figure.ts'
import { measureCalls, measureFirstToken, openStreams, type Target } from './gateway/load.ts'
import { type Process, startPortkey, startProgram } from './gateway/peers.ts'

const suite = 'gateway'
const rounds = 5
const roundMs = 1_500
const concurrencies = [1, 32, 256] as const
const streamsOneByOne = 150
const openAtOnce = 1_000
/** What the organization may spend a day: more than all calls together, and checked by each of them. */
const hardBudgetUsd = '1000000'

/**
 * A chat completion through Freehold, with a key, limits, a hard budget and the ledger, against the provider itself, a
 * bare proxy and Portkey's open-source gateway: all in one run, in turns.
 */
export async function measureGateway(kind: DeploymentKind): Promise<Figure[]> {
  const provider = await startProgram('gateway/canned-provider.ts')
  const proxy = await startProgram('gateway/bare-proxy.ts', provider.url)
  const portkey = await startPortkey().catch((error: unknown) => {
    process.stderr.write(
      `without Portkey: ${error instanceof Error ? error.message.split('\n')[0] : error}\n`,
    )
    return undefined
  })
  try {
    return await withDeployment(kind, (deployment) => {
      const settings = { ...deployment.settings, OPENAI_BASE_URL: `${provider.url}/v1` }
      return withServer({ ...deployment, settings }, async ({ url, pid }) => {
        const freehold = await prepare(url, kind)
        const targets = [targetAt('provider', provider), targetAt('bare proxy', proxy), freehold]
        if (portkey) targets.push(throughPortkey(portkey, provider))
        const figures = await measureAll(targets, freehold)
        figures.push(...(await measureStreams(targets, freehold)))
        figures.push(...(await measureOpenStreams(freehold, pid)))
        return figures
      })
    })
  } finally {
    await Promise.all([provider.stop(), proxy.stop(), portkey?.stop()])
  }
}

function targetAt(name: string, { url }: Process): Target {
  return { name, origin: url, path: '/v1/chat/completions', headers: {} }
}

function throughPortkey({ url }: Process, provider: Process): Target {
  const headers = {
    authorization: 'Bearer none',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `${provider.url}/v1`,
  }
  return { name: 'Portkey', origin: url, path: '/v1/chat/completions', headers, mayFail: true }
}

/** An organization with a hard budget, and a key of it. */
async function prepare(url: string, kind: DeploymentKind): Promise<Target> {
  const person = { email: 'bench@example.com', password: 'a-long-passphrase', name: 'Ada' }
  const session = await signUp(url, { ...person, organizationName: 'Bench' }, AbortSignal.timeout(60_000))
  const send = async (method: string, path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${session.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown> // an object, by the contract of both routes
  }
  await send('PUT', '/api/v1/budgets/organization', { limitUsd: hardBudgetUsd, window: 'day', hard: true })
  const { key } = await send('POST', '/api/v1/api-keys', { name: 'bench' })
  const headers = { authorization: `Bearer ${key}` }
  return { name: `Freehold, ${kind}`, origin: url, path: '/v1/chat/completions', headers }
}

async function measureAll(targets: readonly Target[], freehold: Target): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const connections of concurrencies) {
    const rates = new Map<string, number[]>(targets.map(({ name }) => [name, []]))
    const medians = new Map<string, number[]>(targets.map(({ name }) => [name, []]))
    // The first round warms everything up.
    for (let round = 0; round <= rounds; round++) {
      for (const target of inTurn(targets, round)) {
        const { perSecond, tookMs } = await measureCalls(target, connections, roundMs)
        if (round === 0) continue
        rates.get(target.name)?.push(perSecond)
        medians.get(target.name)?.push(percentile(tookMs, 0.5))
      }
    }
    const at = `${connections} connection${connections === 1 ? '' : 's'}`
    for (const { name } of targets)
      figures.push(figureOfRuns({ suite, name: `${name}, ${at}`, unit: '/s' }, rates.get(name) ?? []))
    if (connections === 1) {
      for (const { name } of targets)
        figures.push(
          figureOfRuns({ suite, name: `${name}, p50, ${at}`, unit: 'ms' }, medians.get(name) ?? []),
        )
      const added = pairwise(medians, freehold.name, 'provider', (ours, theirs) => ours - theirs)
      const name = `${freehold.name}: p50 over the provider's own, ${at}`
      figures.push(figureOfRuns({ suite, name, unit: 'ms', target: 0.35 }, added))
    }
    for (const [peer, target] of [
      ['bare proxy', 0.6],
      ['Portkey', 6],
    ] as const) {
      if (!rates.has(peer)) continue
      const ratios = pairwise(rates, freehold.name, peer, (ours, theirs) => ours / theirs)
      const name = `${freehold.name} ÷ ${peer}, ${at}`
      figures.push(figureOfRuns({ suite, name, unit: '×', target, atLeast: true }, ratios))
    }
  }
  return figures
}

async function measureStreams(targets: readonly Target[], freehold: Target): Promise<Figure[]> {
  const firsts = new Map<string, number[]>(targets.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const target of inTurn(targets, round)) {
      const tookMs = await measureFirstToken(target, streamsOneByOne)
      if (round > 0) firsts.get(target.name)?.push(tookMs)
    }
  }
  const figures = targets.map(({ name }) =>
    figureOfRuns({ suite, name: `${name}, first token, p50`, unit: 'ms' }, firsts.get(name) ?? []),
  )
  const added = pairwise(firsts, freehold.name, 'provider', (ours, theirs) => ours - theirs)
  const name = `${freehold.name}: first token over the provider's own, p50`
  return [...figures, figureOfRuns({ suite, name, unit: 'ms', target: 0.5 }, added)]
}

/** What the server's process grows by while a thousand streams are open at once. */
async function measureOpenStreams(freehold: Target, pid: number): Promise<Figure[]> {
  if (process.platform !== 'linux') return []
  await sleep(3_000)
  const beforeKb = await residentKb(pid)
  const streams = await openStreams(freehold, openAtOnce)
  const duringKb: number[] = []
  for (let second = 0; second < 5; second++) {
    await sleep(1_000)
    duringKb.push((await residentKb(pid)) - beforeKb)
  }
  await streams.close()
  const name = `${freehold.name}: memory for each of ${openAtOnce} open streams`
  return [{ suite, name, unit: 'KiB', target: 64, value: Math.round(median(duringKb) / openAtOnce) }]
}

async function residentKb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
}

/** The targets, another one first each round. */
function inTurn(targets: readonly Target[], round: number): Target[] {
  const first = round % targets.length
  return [...targets.slice(first), ...targets.slice(0, first)]
}

/** Figures of the same round, taken together. */
function pairwise(
  runs: ReadonlyMap<string, readonly number[]>,
  ours: string,
  theirs: string,
  combine: (ours: number, theirs: number) => number,
): number[] {
  const others = runs.get(theirs) ?? []
  return (runs.get(ours) ?? []).map((value, round) => combine(value, others[round] ?? Number.NaN))
}
