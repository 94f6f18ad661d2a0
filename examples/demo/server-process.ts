import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { settingNames } from '../../server/src/platform/config.ts'

/** A Freehold of its own in a child process, as `npm start` runs it. */
export interface ServerProcess {
  readonly pid: number
  /**
   * Resolves when /health/ready says 200: the address, and the milliseconds since the process was started.
   * @throws Error when the server ends before that, or takes longer than two minutes
   */
  readonly ready: Promise<{ url: string; readyMs: number }>
  /** The last lines it wrote, oldest first. */
  logLines(): readonly string[]
  /** Stops it gracefully; after ten seconds, by force. */
  stop(): Promise<void>
  /** Ends it at once. For the last moment before this process ends. */
  kill(): void
}

const commandLine = path.join(import.meta.dirname, '../../server/src/app/cli.ts')
const readyWithinMs = 120_000
const stopWithinMs = 10_000
const keptLines = 200

/**
 * Starts a server on a free port. It gets `settings` and none of the settings of the person's own installation, so that
 * nothing here can write into a database that matters.
 */
export function startServerProcess(settings: Readonly<Record<string, string>>): ServerProcess {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [commandLine, 'start'], {
    env: { ...environmentWithoutSettings(), PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches this process alone, which then stops the server in order.
    detached: true,
  })
  const exited = once(child, 'exit')
  // A program that cannot be started has no exit; its error is told by `ready`.
  exited.catch(() => {})
  const lines: string[] = []
  const listening = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.push(line) > keptLines) lines.shift()
      const url = urlWhenReady(line)
      if (url !== undefined) listening.resolve(url)
    })
  }

  async function untilReady(): Promise<{ url: string; readyMs: number }> {
    const over = AbortSignal.timeout(readyWithinMs)
    const late = once(over, 'abort').then(() => {
      throw new Error(`The server was not ready within ${readyWithinMs / 1000} s.`)
    })
    const ended = exited.then(([code, signal]) => {
      throw new Error(`The server ended before it was ready (${signal ?? `exit status ${code}`}).`)
    })
    const url = await Promise.race([listening.promise, ended, late])
    while (!(await isReady(url, over))) await sleep(5)
    return { url, readyMs: performance.now() - startedAt }
  }
  const ready = untilReady()
  // Who never asks, because it stops the server first, is not told.
  ready.catch(() => {})

  return {
    pid: child.pid ?? -1,
    ready,
    logLines: () => lines,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      await exited
      clearTimeout(force)
    },
    kill() {
      child.kill('SIGKILL')
    },
  }
}

function environmentWithoutSettings(): NodeJS.ProcessEnv {
  const known = new Set<string>(settingNames)
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !known.has(name) && !name.startsWith('FREEHOLD_')),
  )
}

/** The address in the line that says the server is ready; undefined for every other line. */
function urlWhenReady(line: string): string | undefined {
  if (!line.includes('"msg":"Freehold is ready at ')) return undefined
  // A line of the server's JSON log.
  const { url } = JSON.parse(line) as { url: string }
  return url.replace('//localhost:', '//127.0.0.1:')
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${url}/health/ready`, { signal })
  await response.body?.cancel()
  return response.status === 200
}
