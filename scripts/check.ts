import { spawnSync } from 'node:child_process'
import path from 'node:path'

/** The whole gate before a change lands; each step is a command that can be run by itself. */
const steps: [name: string, command: string, ...args: string[]][] = [
  ['format and lint', 'biome', 'check', '.'],
  ['types of the server', 'tsc', '-p', 'server'],
  ['types of the dashboard', 'tsc', '-p', 'dashboard'],
  ['types of the browser tests', 'tsc', '-p', 'dashboard/tests'],
  ['types of the SDK', 'tsc', '-p', 'sdk'],
  ['architecture, schema, OpenAPI, documents', 'vitest', 'run', '--project', 'server', ...houseTests()],
  ['OpenAPI drift', process.execPath, 'scripts/generate.ts', '--check'],
  ['dead code', 'knip'],
]

function houseTests(): string[] {
  return ['architecture', 'schema', 'openapi', 'docs', 'system-reasons'].map(
    (name) => `server/tests/${name}.test.ts`,
  )
}

const root = path.join(import.meta.dirname, '..')
const failed: string[] = []
for (const [name, command, ...args] of steps) {
  const began = performance.now()
  const binary = path.isAbsolute(command) ? command : path.join(root, 'node_modules/.bin', command)
  const { status, stdout, stderr } = spawnSync(binary, args, { cwd: root, encoding: 'utf8' })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`)
  if (status === 0) continue
  failed.push(name)
  process.stdout.write(`${stdout}${stderr}\n`)
}
process.stdout.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join('; ')}.\n`)
process.exitCode = failed.length === 0 ? 0 : 1
