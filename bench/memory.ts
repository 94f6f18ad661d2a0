import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import type { Figure } from './figure.ts'

const idleMs = 10_000
const targetsMb: Record<DeploymentKind, number> = { embedded: 600, postgres: 250 }

/** Resident memory ten seconds after ready, nobody having asked anything: after the first start and after the second. */
export async function measureMemory(kind: DeploymentKind): Promise<Figure[]> {
  if (process.platform !== 'linux') return []
  return withDeployment(kind, async (deployment) => {
    const figures: Figure[] = []
    for (const start of ['first', 'second']) {
      const value = await withServer(deployment, async ({ pid }) => {
        await sleep(idleMs)
        return residentMb(pid)
      })
      figures.push({
        suite: 'memory',
        name: `idle after the ${start} start, ${kind}`,
        value,
        unit: 'MB',
        target: targetsMb[kind],
      })
    }
    return figures
  })
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? []
  if (kilobytes === undefined) throw new Error(`The resident memory of process ${pid} cannot be read.`)
  return Math.round(Number(kilobytes) / 1024)
}
