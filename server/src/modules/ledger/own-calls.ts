import { eq, or, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../../platform/context.ts'
import { usageRecords } from './tables.ts'

/** A record names the key of a call; whose it is, the key says. */
export function madeWithKeyOf(owner: 'user_id' | 'service_account_id', id: string): SQL {
  return sql`${usageRecords.apiKeyId} in (select id from freehold.api_keys where ${sql.identifier(owner)} = ${id}::uuid)`
}

/** Calls of a person, with their sessions and their own keys. */
export function madeBy(userId: string): SQL {
  return sql`(${or(eq(usageRecords.userId, userId), madeWithKeyOf('user_id', userId))})`
}

/** What a caller calls their own: a person's calls and keys, a service account's keys, else the one key. */
export function ownCalls({ userId, apiKeyId, serviceAccountId }: Caller): SQL {
  if (serviceAccountId !== null) return madeWithKeyOf('service_account_id', serviceAccountId)
  if (apiKeyId !== null) return eq(usageRecords.apiKeyId, apiKeyId)
  return userId === null ? sql`false` : madeBy(userId)
}

/** The calls that a caller may see one by one: everybody's with `read:billing`, else their own. Undefined: all. */
export function visibleTo(caller: Caller): SQL | undefined {
  return caller.permissions.has('read:billing') ? undefined : ownCalls(caller)
}
