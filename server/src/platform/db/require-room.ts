import { sql } from 'drizzle-orm'
import { defineError } from '../errors.ts'
import type { Tx } from './types.ts'

/** How many of something there may be. Far above what anybody needs: it stops programs that have run wild, and people. */
export interface CountLimit {
  /** `api_keys`: the word for programs, in `details.limit`. */
  name: string
  most: number
  /** What there may be at most so many of and what to do about it, for a person. */
  message: string
}

export const limitReached = defineError(
  'limit_reached',
  409,
  'There are as many of these as there may be. Remove some that are not needed first.',
)

/**
 * Makes sure that one more fits, in the transaction that adds it. Those who add at once wait for each other here, so that
 * the limit holds; they wait for nobody else.
 * @param ownerId whose they are: an organization, or a person
 * @param count how many there are now
 * @throws limit_reached (409)
 */
export async function requireRoom(
  tx: Tx,
  limit: CountLimit,
  ownerId: string,
  count: () => Promise<number>,
): Promise<void> {
  await lockCount(tx, limit.name, ownerId)
  if ((await count()) < limit.most) return
  throw limitReached({ message: limit.message, details: { limit: limit.name, most: limit.most } })
}

/** Makes others who would change how many of something somebody has wait until the transaction is over. */
export async function lockCount(tx: Tx, name: string, ownerId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${name} of ${ownerId}`}, 0))`)
}
