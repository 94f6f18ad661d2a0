import { sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'

/** The calls of one price that their provider has reported a cost for. */
export interface CostComparison {
  provider: string
  model: string
  priceVersion: string
  calls: number
  computedNanos: Nanos
  reportedNanos: Nanos
}

/**
 * Compares the calls of whole days, in place of what was compared of them before: some are recorded late.
 *
 * Of calls that reached a provider under the installation's keys and whose provider told what it charges. What corrections
 * have added counts: a price that was corrected agrees again.
 * @param from, to days as `2026-03-01`, both included
 */
export async function upsertComparisons(
  tx: SystemTx,
  range: { from: string; to: string },
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into freehold.cost_comparisons
      (day, provider, model, price_version, calls, computed_nanos, reported_nanos, compared_at)
    select (r.created_at at time zone 'UTC')::date, r.provider, r.model, r.price_version, count(*),
      sum(r.cost_nanos + coalesce(a.added, 0))::bigint, sum(r.reported_cost_nanos)::bigint,
      ${at.toISOString()}::timestamptz
    from freehold.usage_records r
    left join (
      select organization_id, request_id, sum(amount_nanos) as added
      from freehold.usage_adjustments group by organization_id, request_id
    ) a on a.organization_id = r.organization_id and a.request_id = r.request_id
    where r.reported_cost_nanos is not null and r.paid_by = 'installation' and r.cache <> 'hit'
      and r.status <> 'interrupted'
      and r.created_at >= (${range.from}::date)::timestamp at time zone 'UTC'
      and r.created_at < (${range.to}::date + 1)::timestamp at time zone 'UTC'
    group by 1, 2, 3, 4
    on conflict (day, provider, model, price_version) do update
      set calls = excluded.calls, computed_nanos = excluded.computed_nanos,
        reported_nanos = excluded.reported_nanos, compared_at = excluded.compared_at`)
}

/** Sums by price over a range of days, the dearest first. */
export async function sumComparisons(
  tx: SystemTx,
  range: { from: string; to: string },
): Promise<{ comparisons: CostComparison[]; comparedAt: Date | undefined }> {
  const rows = await rowsOf<{
    provider: string
    model: string
    price_version: string
    calls: string
    computed: string
    reported: string
    compared_at: string
  }>(
    tx,
    sql`
    select provider, model, price_version, sum(calls)::text as calls, sum(computed_nanos)::text as computed,
      sum(reported_nanos)::text as reported, max(compared_at)::text as compared_at
    from freehold.cost_comparisons where day between ${range.from}::date and ${range.to}::date
    group by provider, model, price_version
    order by sum(reported_nanos) desc, provider, model, price_version limit 1000`,
  )
  const times = rows.map(({ compared_at }) => new Date(compared_at).getTime())
  return {
    comparisons: rows.map((row) => ({
      provider: row.provider,
      model: row.model,
      priceVersion: row.price_version,
      calls: Number(row.calls),
      computedNanos: BigInt(row.computed),
      reportedNanos: BigInt(row.reported),
    })),
    comparedAt: times.length > 0 ? new Date(Math.max(...times)) : undefined,
  }
}
