import { writeFile } from 'node:fs/promises'
import type { Config } from '../../platform/config.ts'
import { proveIsolation } from '../doctor/prove-isolation.ts'
import { type IsolationReport, reportText, summary } from '../doctor/report.ts'
import { withPlatform } from './open-for-command.ts'
import { print } from './output.ts'

/** 0: proven. 1: a breach. 2: it could not run, or not everything could be tried. */
const exitCodes = { pass: 0, breach: 1, unproven: 2 } as const
const cannotRun = 2

/** @returns the exit code */
export async function runIsolation(
  config: Config,
  options: { json?: boolean; out?: string },
): Promise<number> {
  const interrupted = new AbortController()
  // What was made is removed before the process ends; a second signal ends it at once, and the next run removes it.
  const stop = () => {
    if (interrupted.signal.aborted) process.exit(cannotRun)
    process.stderr.write('Stopping. What the proof has made is being removed; interrupt again to leave it.\n')
    interrupted.abort(new Error('The proof was interrupted.'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    const report = await withPlatform(
      config,
      (platform) =>
        proveIsolation(platform, {
          signal: interrupted.signal,
          progress: (sentence) => void process.stderr.write(`… ${sentence}\n`),
        }),
      { asItIs: true },
    )
    await put(report, options)
    return exitCodes[report.verdict]
  } catch (error) {
    process.stderr.write(
      `The proof could not run: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return cannotRun
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

async function put(report: IsolationReport, options: { json?: boolean; out?: string }): Promise<void> {
  const text = options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report)
  if (options.out === undefined) return void process.stdout.write(text)
  await writeFile(options.out, text, { mode: 0o600 })
  print(summary(report))
  print(`The report is in ${options.out}.`)
}
