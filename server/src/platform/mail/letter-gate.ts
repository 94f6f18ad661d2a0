import type { RateLimiter } from '../cache/index.ts'
import { hashToken } from '../crypto/index.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { MailMessage } from './mailer.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * The last limit before a letter leaves, whatever sends it: nobody's mailbox is filled from here. Whoever has confirmed an
 * address hears what happens to their account from a share of its own, which no other letters use up; an address that
 * nobody has confirmed may be a stranger's, and gets few.
 */
const limits = {
  unconfirmed: [
    { limit: 10, windowMs: hourMs },
    { limit: 20, windowMs: dayMs },
  ],
  confirmed: [{ limit: 60, windowMs: hourMs }],
  other: [
    { limit: 60, windowMs: hourMs },
    { limit: 200, windowMs: dayMs },
  ],
} as const

/** Whether a letter may leave; of one that may not, a line in the log says so, without the address. */
export async function admitLetter(
  on: { rateLimiter: RateLimiter; logger: Logger },
  letter: MailMessage,
): Promise<boolean> {
  const notice = letter.notice ?? 'other'
  const address = hashToken(letter.to.trim().toLowerCase()).slice(0, 32)
  for (const rate of limits[notice]) {
    const taken = await on.rateLimiter.take(`mail:${notice}:${address}:${rate.windowMs}`, rate)
    if (taken.allowed) continue
    on.logger.warn({ address, notice }, 'a letter was dropped: its address gets too many')
    return false
  }
  return true
}
