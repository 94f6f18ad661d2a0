import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { DeploymentKind } from './deployment.ts'
import { type Figure, figureOfRuns } from './figure.ts'

const rounds = 5
const clients = 64
const perSecond = 500
const slowestMs = 250
const program = path.join(import.meta.dirname, 'gateway/gate-load.ts')

interface Load {
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/** One hot tenant: authorizing and settling its calls on one hard budget, with many clients at once. */
export async function measureGate(kind: DeploymentKind): Promise<Figure[]> {
  const loads: Load[] = []
  const environment = { ...process.env, FREEHOLD_TEST_DATABASE: kind === 'postgres' ? 'postgres' : '' }
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, String(clients)], {
      env: environment,
      timeout: 120_000,
    })
    // Written by the program, as its last line.
    loads.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Load)
  }
  const name = `authorize + settle on one budget, ${clients} clients, ${kind}`
  const runs = (value: (load: Load) => number) => loads.map(value)
  return [
    figureOfRuns(
      { suite: 'gate', name, unit: '/s', target: perSecond, atLeast: true },
      runs((load) => load.perSecond),
    ),
    figureOfRuns(
      { suite: 'gate', name: `${name}, p50`, unit: 'ms' },
      runs((load) => load.p50Ms),
    ),
    figureOfRuns(
      { suite: 'gate', name: `${name}, p99`, unit: 'ms', target: slowestMs },
      runs((load) => load.p99Ms),
    ),
  ]
}
