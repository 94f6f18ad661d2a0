import { type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import { type Figure, figureOfRuns } from './figure.ts'

const runs = 3
/** The first start makes the database and compiles everything; the second finds both. */
const targetsMs: Record<DeploymentKind, { first?: number; second: number }> = {
  embedded: { first: 6_000, second: 2_000 },
  postgres: { second: 1_000 },
}

/** From the start of the process until /health/ready says 200, on an empty deployment and again on the same. */
export async function measureStart(kind: DeploymentKind): Promise<Figure[]> {
  const first: number[] = []
  const second: number[] = []
  for (let run = 0; run < runs; run++) {
    await withDeployment(kind, async (deployment) => {
      first.push(await withServer(deployment, async ({ readyMs }) => readyMs))
      second.push(await withServer(deployment, async ({ readyMs }) => readyMs))
    })
  }
  const targets = targetsMs[kind]
  return [
    figureOfRuns(
      { suite: 'start', name: `first start, ${kind}`, unit: 'ms', ...targetOf(targets.first) },
      first,
    ),
    figureOfRuns(
      { suite: 'start', name: `second start, ${kind}`, unit: 'ms', ...targetOf(targets.second) },
      second,
    ),
  ]
}

function targetOf(target: number | undefined): { target?: number } {
  return target === undefined ? {} : { target }
}
