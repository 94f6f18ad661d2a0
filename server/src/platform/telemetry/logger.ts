import { AsyncLocalStorage } from 'node:async_hooks'
import { pino, stdTimeFunctions } from 'pino'
import type { Clock } from '../clock.ts'
import { cutText, errorFields } from './error-fields.ts'
import { formatLogLine } from './log-line.ts'
import { redactSecrets } from './redact-secrets.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** What the program logs with: facts first, then one sentence. An error goes under `err`. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** A logger that adds these fields to each of its lines. */
  child(fields: Record<string, unknown>): Logger
}

export interface LoggerOptions {
  level: LogLevel
  /** `json` for machines, `line` for a person at a terminal. */
  format: 'json' | 'line'
  /** Colour in the `line` format. Default false. */
  colors?: boolean
  /** Where finished lines go; standard output by default. */
  write?: (line: string) => void
  clock?: Clock
}

// Lines beyond this are taken apart and their long texts cut; ordinary ones are not touched.
const longLineChars = 16_384

const logFields = new AsyncLocalStorage<Readonly<Record<string, unknown>>>()

/**
 * Everything logged inside `work`, however deep, carries these fields (a request id, a job id). For log fields only:
 * nothing may be decided by them.
 */
export function withLogFields<T>(fields: Readonly<Record<string, unknown>>, work: () => T): T {
  return logFields.run({ ...logFields.getStore(), ...fields }, work)
}

/** A pino logger that serialises errors briefly and lets no credential through. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? toStandardOutput
  const { clock } = options
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: clock ? () => `,"time":"${clock.now().toISOString()}"` : stdTimeFunctions.isoTime,
      serializers: {
        err: (error: unknown) => errorFields(error),
        error: (error: unknown) => errorFields(error),
      },
      mixin: () => logFields.getStore() ?? {},
    },
    {
      write(line: string) {
        const clean = redactSecrets(line.length > longLineChars ? cutLine(line) : line)
        write(options.format === 'line' ? formatLogLine(clean, options.colors ?? false) : clean)
      },
    },
  )
}

let waiting: string | undefined

/** How long a line may wait for others, and how much may wait. */
const gatherMs = 20
const mostWaitingChars = 65_536

/** Lines go out together, for each write costs as much as a whole answer; errors take along what waits, at once. */
function toStandardOutput(line: string): void {
  if (waiting === undefined) {
    waiting = ''
    // However the process ends, but for a kill, its last words are said.
    process.once('exit', flush)
  }
  if (waiting === '') setTimeout(flush, gatherMs).unref()
  waiting += line
  if (waiting.length > mostWaitingChars || isError(line)) flush()
}

/** pino writes the level first: 50 and 60 are errors and what ends the program. */
function isError(line: string): boolean {
  return line.startsWith('{"level":5') || line.startsWith('{"level":6') || !line.startsWith('{')
}

function flush(): void {
  if (waiting) process.stdout.write(waiting)
  waiting = ''
}

function cutLine(line: string): string {
  const short = JSON.stringify(
    JSON.parse(line, (_key, value: unknown) => (typeof value === 'string' ? cutText(value) : value)),
  )
  // Thousands of short values are still too long; what remains says so and stays JSON.
  if (short.length <= longLineChars * 4) return `${short}\n`
  const { level, time, msg, requestId }: Record<string, unknown> = JSON.parse(short)
  return `${JSON.stringify({ level, time, requestId, msg, cut: `${line.length} characters of fields left out` })}\n`
}
