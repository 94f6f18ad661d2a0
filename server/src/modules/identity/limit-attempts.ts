import { hashToken } from '../../platform/crypto/index.ts'
import { ipPrefixOf } from '../../platform/http/ip-prefix.ts'
import type { Platform } from '../../platform/platform.ts'
import { accountTx } from './account-tx.ts'
import { tooManyAttempts } from './errors.ts'
import { findKnownDevice, isKnownPlace, readDeviceToken } from './known-devices.ts'

/**
 * Slows guessing without giving anybody a way to lock others out.
 *
 * Wrong guesses fill buckets of three lengths, so that the wait grows: seconds at first, then minutes, then half an hour.
 * - For one account from one network, and for one network on all accounts.
 * - For one account from everywhere, which stops a guesser with many addresses. This one does not count for a person who
 *   signed in from this browser or network before.
 * A browser that signed this person in before has buckets of its own, which nobody else can fill.
 * Every attempt also takes from a wider bucket before it is looked at, so that many at once do not pass together.
 */
interface Rate {
  limit: number
  windowMs: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const ofAccountHere: readonly Rate[] = [
  { limit: 5, windowMs: minuteMs },
  { limit: 20, windowMs: hourMs },
  { limit: 50, windowMs: dayMs },
]
const ofNetwork: readonly Rate[] = [
  { limit: 30, windowMs: minuteMs },
  { limit: 300, windowMs: hourMs },
  { limit: 1_000, windowMs: dayMs },
]
const ofAccountEverywhere: readonly Rate[] = [{ limit: 100, windowMs: hourMs }]
const attemptsAtOnce: Rate = { limit: 30, windowMs: minuteMs }
const attemptsOfNetwork: Rate = { limit: 120, windowMs: minuteMs }

export interface Attempt {
  /** Whose account, as far as it is known: an address, or an id. */
  account: string
  userId: string | undefined
  ip: string | null
  headers: Headers
}

/** Counts an attempt and says how to count its failure. @throws too_many_attempts (429) with Retry-After */
export async function admitAttempt(
  platform: Platform,
  what: string,
  attempt: Attempt,
): Promise<{ failed(): Promise<void> }> {
  const account = hashToken(attempt.account.toLowerCase()).slice(0, 32)
  const place = ipPrefixOf(attempt.ip)
  const { deviceId, placeIsKnown } = await whatIsKnown(platform, attempt)
  const own = deviceId === undefined ? `${account}:${place ?? 'nowhere'}` : `${account}:${deviceId}`
  const buckets: [string, readonly Rate[]][] = [[`${what}:account:${own}`, ofAccountHere]]
  if (deviceId === undefined && place !== undefined) {
    buckets.push([`${what}:network:${place}`, ofNetwork])
    await take(platform, `${what}:attempts:${place}`, attemptsOfNetwork)
  }
  await take(platform, `${what}:attempts:${own}`, attemptsAtOnce)
  const everywhere = `${what}:account:${account}`
  const isStranger = deviceId === undefined && !placeIsKnown
  const lookedAt: typeof buckets = isStranger ? [...buckets, [everywhere, ofAccountEverywhere]] : buckets
  await Promise.all(lookedAt.map(([key, rates]) => requireRoom(platform, key, rates)))
  return {
    async failed() {
      if (isStranger) buckets.push([everywhere, ofAccountEverywhere])
      for (const [key, rates] of buckets) for (const rate of rates) await platform.rateLimiter.take(key, rate)
    },
  }
}

async function whatIsKnown(platform: Platform, { userId, headers, ip }: Attempt) {
  if (userId === undefined) return { deviceId: undefined, placeIsKnown: false }
  return accountTx(platform, async (tx) => {
    const deviceId = await findKnownDevice(tx, userId, readDeviceToken(headers))
    return { deviceId, placeIsKnown: deviceId !== undefined || (await isKnownPlace(tx, userId, ip)) }
  })
}

/** Looks without taking: only failures count. */
async function requireRoom(platform: Platform, key: string, rates: readonly Rate[]): Promise<void> {
  const waitsMs = await Promise.all(
    rates.map(async ({ limit, windowMs }) => {
      const { remaining, resetMs } = await platform.rateLimiter.take(key, { limit, windowMs, cost: 0 })
      // The bucket drains evenly: one fits again when all but the last `limit - 1` have drained.
      return remaining < 1 ? resetMs - windowMs + windowMs / limit : 0
    }),
  )
  const waitMs = Math.max(...waitsMs)
  if (waitMs > 0) throw refusal(waitMs)
}

async function take(platform: Platform, key: string, rate: Rate): Promise<void> {
  const taken = await platform.rateLimiter.take(key, rate)
  if (!taken.allowed) throw refusal(taken.retryAfterMs)
}

/**
 * Limits what costs something to do at all: letters, accounts, look-ups.
 * @param who a person, or an address, which stands for its network: one subscriber has more addresses than can be counted
 * @throws too_many_attempts (429)
 */
export async function limitAttempts(
  platform: Platform,
  what: string,
  who: string | null,
  rate: Rate = attemptsAtOnce,
): Promise<void> {
  if (who !== null) await take(platform, `${what}:${ipPrefixOf(who) ?? who}`, rate)
}

const lettersFromNetwork: Rate = { limit: 5, windowMs: hourMs }
const lettersToAddress: Rate = { limit: 20, windowMs: hourMs }

/**
 * Nobody's mailbox is filled by others: whether an address may be sent one more letter of a kind. What is asked for from
 * one network leaves room for those that the person asks for from theirs.
 */
export async function takesAnotherLetter(
  platform: Platform,
  kind: string,
  email: string,
  ip: string | null,
): Promise<boolean> {
  const address = `letter:${kind}:${hashToken(email.toLowerCase()).slice(0, 32)}`
  const here = await platform.rateLimiter.take(
    `${address}:${ipPrefixOf(ip) ?? 'nowhere'}`,
    lettersFromNetwork,
  )
  if (!here.allowed) return false
  return (await platform.rateLimiter.take(address, lettersToAddress)).allowed
}

function refusal(waitMs: number) {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return tooManyAttempts({
    headers: { 'retry-after': String(seconds) },
    details: { retryAfterSeconds: seconds },
  })
}
