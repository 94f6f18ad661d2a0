import { eq, or, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../../platform/context.ts'
import { queuedCalls } from './tables.ts'

/** Queued by a person, with their sessions and their own keys. */
export function queuedBy(userId: string): SQL | undefined {
  const ownKeys = sql`(select id from freehold.api_keys where user_id = ${userId}::uuid)`
  return or(eq(queuedCalls.userId, userId), sql`${queuedCalls.apiKeyId} in ${ownKeys}`)
}

/** What a caller calls their own, as of usage: a person's calls and keys, a service account's keys, else the one key. */
export function ownCalls({ userId, apiKeyId, serviceAccountId }: Caller): SQL | undefined {
  if (serviceAccountId !== null) return eq(queuedCalls.serviceAccountId, serviceAccountId)
  if (apiKeyId !== null) return eq(queuedCalls.apiKeyId, apiKeyId)
  return userId === null ? sql`false` : queuedBy(userId)
}

/** The calls that a caller may see in the list: everybody's with `read:billing`, else their own. Undefined: all. */
export function listedTo(caller: Caller): SQL | undefined {
  return caller.permissions.has('read:billing') ? undefined : ownCalls(caller)
}
