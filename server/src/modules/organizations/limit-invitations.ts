import { hashToken } from '../../platform/crypto/index.ts'
import { ipPrefixOf } from '../../platform/http/ip-prefix.ts'
import type { Platform } from '../../platform/platform.ts'
import { tooManyInvitations } from './errors.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const ofOrganization = { limit: 100, windowMs: hourMs }
const ofAddressHere = { limit: 5, windowMs: hourMs }
const ofAddressAnywhere = { limit: 20, windowMs: 24 * hourMs }
const ofGuesser = { limit: 30, windowMs: minuteMs }

/**
 * Nobody's mailbox is filled from here, by one organization or by many, and no organization sends a thousand letters.
 * @param to an address, or the id of an invitation that has one
 * @throws too_many_invitations (429)
 */
export async function limitLetters(platform: Platform, organizationId: string, to: string): Promise<void> {
  const address = hashToken(to.toLowerCase()).slice(0, 32)
  await take(platform, `invitation:to:${organizationId}:${address}`, ofAddressHere)
  await take(platform, `invitation:from:${organizationId}`, ofOrganization)
  await take(platform, `invitation:to:${address}`, ofAddressAnywhere)
}

/** For those who present tokens, by their network: one subscriber has more addresses than can be counted. @throws too_many_invitations (429) */
export async function limitTokens(platform: Platform, ip: string | null): Promise<void> {
  if (ip !== null) await take(platform, `invitation:token:${ipPrefixOf(ip) ?? ip}`, ofGuesser)
}

async function take(
  platform: Platform,
  key: string,
  rate: { limit: number; windowMs: number },
): Promise<void> {
  const taken = await platform.rateLimiter.take(key, rate)
  if (taken.allowed) return
  const seconds = Math.max(1, Math.ceil(taken.retryAfterMs / 1000))
  throw tooManyInvitations({
    headers: { 'retry-after': String(seconds) },
    details: { retryAfterSeconds: seconds },
  })
}
