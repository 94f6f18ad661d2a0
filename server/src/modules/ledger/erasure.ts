import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { KeyRing } from '../../platform/crypto/index.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { bookKeyPurpose, personCode, personCodeAt, unpackEntries } from './book-codes.ts'
import { listSealsOfDays, lockBooks, updatePeople } from './seal-store.ts'

/**
 * Keeps what an organization has cost beyond its erasure, by day, provider, model and price version: enough for the
 * books and for comparing them with a provider's bill, and no call, key, person or instant.
 */
export async function keepErasedUsage(tx: SystemTx, organizationId: string, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into freehold.erased_usage (erased_organization_id, day, purpose, provider, model, price_version, calls,
      prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, cost_nanos, reported_cost_nanos, erased_at)
    select organization_id, (created_at at time zone 'UTC')::date, purpose, provider, model, price_version, count(*),
      sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(reasoning_tokens),
      sum(cost_nanos + coalesce(adjustment_nanos, 0)), sum(reported_cost_nanos), ${now.toISOString()}::timestamptz
    from freehold.usage_records left join (
      select request_id, sum(amount_nanos) as adjustment_nanos from freehold.usage_adjustments
      where organization_id = ${organizationId}::uuid group by request_id
    ) adjusted using (request_id)
    where organization_id = ${organizationId}::uuid
    group by 1, 2, 3, 4, 5, 6`)
}

/**
 * Puts a pseudonym in a person's place in the records of their calls: one for each organization, kept nowhere, so that
 * sums by person stay what they were. The key goes too, for it was theirs alone. What the seals say of who made those
 * calls is said anew, so that nothing is left that a guess at the person could be tried on.
 */
export async function pseudonymiseUsage(
  on: { keyRing: KeyRing },
  tx: SystemTx,
  userId: string,
): Promise<void> {
  const organizations = await rowsOf<{ id: string }>(
    tx,
    sql`select distinct organization_id as id from freehold.usage_records where user_id = ${userId}::uuid order by 1`,
  )
  for (const { id: organizationId } of organizations) {
    // Nothing is sealed meanwhile with who made it before.
    await lockBooks(tx, organizationId)
    const pseudonym = randomUUID()
    const changed = await rowsOf<{ id: string; day: string }>(
      tx,
      sql`update freehold.usage_records set user_id = ${pseudonym}::uuid, api_key_id = null
        where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid
        returning request_id as id, (created_at at time zone 'UTC')::date::text as day`,
    )
    const ids = new Set(changed.map(({ id }) => id))
    for (const day of new Set(changed.map(({ day }) => day)))
      for (const seal of await listSealsOfDays(tx, organizationId, [day])) {
        const key = on.keyRing.authenticationKey(bookKeyPurpose, seal.keyId).secret
        const people = (unpackEntries(seal.entries) ?? []).map(({ id }, place) =>
          ids.has(id)
            ? personCode(key, organizationId, id, { userId: pseudonym, apiKeyId: null })
            : personCodeAt(seal.people, place),
        )
        await updatePeople(tx, seal, Buffer.concat(people))
      }
  }
}
