import { AppError, unavailable } from '../errors.ts'
import { sqlState } from './transactions.ts'

/** The server is shut down, starts, or takes no more connections (SQLSTATE classes 08, 53 and 57P). */
const awayStates = /^(08...|53300|57P0[1-5])$/
const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPIPE',
])
/** What node-postgres says without a code. */
const awayMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/**
 * What a failed use of the database is to whoever asked for it: that the database is away is no fault of theirs or of the
 * program, and passes. Everything else stays what it is.
 */
export function asSeenByCaller(error: unknown): unknown {
  if (error instanceof AppError || !isAway(error)) return error
  return unavailable({
    message: 'The database does not answer. Nothing was changed; try again shortly.',
    headers: { 'retry-after': '1' },
    cause: error,
  })
}

function isAway(error: unknown): boolean {
  if (awayStates.test(sqlState(error) ?? '')) return true
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string' && awayCodes.has(current.code)) return true
    if (awayMessages.test(current.message)) return true
  }
  return false
}
