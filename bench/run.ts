import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { measureAccess } from './access.ts'
import { measureAnswer } from './answer.ts'
import { type DeploymentKind, deploymentKinds, killRunningServers } from './deployment.ts'
import { type Figure, renderTable, verdictOf } from './figure.ts'
import { measureGate } from './gate.ts'
import { measureGateway } from './gateway.ts'
import { measureGuardrails } from './guardrails.ts'
import { measureIngest } from './ingest.ts'
import { measureMemory } from './memory.ts'
import { measureNeighbour } from './neighbour.ts'
import { measureRetrieval } from './retrieval.ts'
import { measureStart } from './start.ts'
import { measureTests } from './tests.ts'

const suites: Record<string, (kind: DeploymentKind) => Promise<Figure[]>> = {
  start: measureStart,
  answer: measureAnswer,
  ingest: measureIngest,
  memory: measureMemory,
  access: measureAccess,
  neighbour: measureNeighbour,
  gateway: measureGateway,
  gate: measureGate,
  guardrails: measureGuardrails,
  retrieval: measureRetrieval,
}
const suiteNames = [...Object.keys(suites), 'tests']

const help = `npm run bench [-- ${suiteNames.join(' | ')}] [--json]

Measures this machine. Without a name: all but tests. bench/README.md says what each figure means.
With DATABASE_URL and REDIS_URL set, also on PostgreSQL, in databases made for it and dropped afterwards.
`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  const unknown = positionals.find((name) => !suiteNames.includes(name))
  if (unknown !== undefined) process.stderr.write(`There is nothing called "${unknown}" to measure.\n\n`)
  if (values.help || unknown !== undefined) {
    process.stderr.write(help)
    return unknown === undefined ? 0 : 2
  }
  const figures: Figure[] = []
  const failures: string[] = []
  for (const name of positionals.length > 0 ? positionals : Object.keys(suites)) {
    for (const [label, measure] of measurementsOf(name)) {
      process.stderr.write(`measuring ${label} …\n`)
      try {
        figures.push(...(await measure()))
      } catch (error) {
        if (interrupted) return 130
        failures.push(`${label}: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  process.stdout.write(
    values.json ? renderJson(figures, failures) : `\n${describeMachine()}\n\n${renderTable(figures)}\n`,
  )
  for (const failure of failures) process.stderr.write(`\nnot measured: ${failure}\n`)
  return failures.length > 0 ? 1 : 0
}

function measurementsOf(name: string): [label: string, measure: () => Promise<Figure[]>][] {
  const suite = suites[name]
  if (!suite) return [[name, measureTests]]
  return deploymentKinds().map((kind) => [`${name}, ${kind}`, () => suite(kind)])
}

function describeMachine(): string {
  const load = loadavg().map((value) => value.toFixed(1))
  const memoryGb = Math.round(totalmem() / 1024 ** 3)
  return `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${memoryGb} GB, Node ${process.version}, load ${load.join(' ')}`
}

function renderJson(figures: readonly Figure[], failures: readonly string[]): string {
  const judged = figures.map((figure) => ({ ...figure, verdict: verdictOf(figure) }))
  return `${JSON.stringify({ machine: describeMachine(), figures: judged, failures }, null, 2)}\n`
}

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted) process.exit(130)
    interrupted = true
    // The measurement under way fails without its server, and removes what it made.
    killRunningServers()
  })
}
process.once('exit', killRunningServers)
process.exitCode = await main()
