import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Figure } from './figure.ts'

/** The time `npm test` takes, as a newcomer runs it. @throws Error when a test fails */
export async function measureTests(): Promise<Figure[]> {
  const startedAt = performance.now()
  const child = spawn('npm', ['test'], {
    cwd: path.join(import.meta.dirname, '..'),
    // Standard output is for the figures.
    stdio: ['ignore', process.stderr, 'inherit'],
  })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`npm test ended with status ${status}.`)
  const value = Math.round((performance.now() - startedAt) / 100) / 10
  return [{ suite: 'tests', name: 'npm test', value, unit: 's', target: 120 }]
}
