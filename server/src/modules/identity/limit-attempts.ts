import type { Platform } from '../../platform/platform.ts'
import { tooManyAttempts } from './errors.ts'

const attemptsPerMinute = 30

/** Slows guessing from one address; a person's own account is never locked by others. @throws 429 */
export async function limitAttempts(platform: Platform, what: string, ip: string | null): Promise<void> {
  if (ip === null) return
  const taken = await platform.rateLimiter.take(`${what}:${ip}`, {
    limit: attemptsPerMinute,
    windowMs: 60_000,
  })
  if (taken.allowed) return
  throw tooManyAttempts({ headers: { 'retry-after': String(Math.ceil(taken.retryAfterMs / 1000)) } })
}
