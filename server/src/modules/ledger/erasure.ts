import { sql } from 'drizzle-orm'
import type { SystemTx } from '../../platform/db/types.ts'

/**
 * Keeps what an organization has cost beyond its erasure, by day, provider, model and price version: enough for the
 * books and for comparing them with a provider's bill, and no call, key, person or instant.
 */
export async function keepErasedUsage(tx: SystemTx, organizationId: string, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into freehold.erased_usage (erased_organization_id, day, purpose, provider, model, price_version, calls,
      prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, cost_nanos, reported_cost_nanos, erased_at)
    select organization_id, (created_at at time zone 'UTC')::date, purpose, provider, model, price_version, count(*),
      sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(reasoning_tokens), sum(cost_nanos),
      sum(reported_cost_nanos), ${now.toISOString()}::timestamptz
    from freehold.usage_records
    where organization_id = ${organizationId}::uuid
    group by 1, 2, 3, 4, 5, 6`)
}

/**
 * Puts a pseudonym in a person's place in the records of their calls: one for each organization, kept nowhere, so that
 * sums by person stay what they were. The key goes too, for it was theirs alone.
 */
export async function pseudonymiseUsage(tx: SystemTx, userId: string): Promise<void> {
  await tx.execute(sql`
    with pseudonyms as materialized (
      select organization_id, gen_random_uuid() as pseudonym
      from (select distinct organization_id from freehold.usage_records where user_id = ${userId}::uuid) theirs
    )
    update freehold.usage_records record set user_id = pseudonym, api_key_id = null
    from pseudonyms
    where record.organization_id = pseudonyms.organization_id and record.user_id = ${userId}::uuid`)
}
