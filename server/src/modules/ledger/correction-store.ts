import { desc, eq, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { usageCorrections } from './tables.ts'

export type CorrectionRow = typeof usageCorrections.$inferSelect

/** Which calls a correction is about, and what their tokens cost. */
export type CorrectionTerms = Pick<
  CorrectionRow,
  | 'model'
  | 'provider'
  | 'fromTime'
  | 'toTime'
  | 'inputNanosPerMillion'
  | 'cachedInputNanosPerMillion'
  | 'outputNanosPerMillion'
>

/** What entries come to. */
export interface CorrectionSums {
  calls: number
  organizations: number
  amountNanos: Nanos
}

const concerned = ({ model, provider, fromTime, toTime }: CorrectionTerms) => sql`r.model = ${model}::text
  and (${provider}::text is null or r.provider = ${provider}::text)
  and r.created_at >= ${fromTime.toISOString()}::timestamptz and r.created_at < ${toTime.toISOString()}::timestamptz`

/** Of what `cost_terms` say of tokens written to a cache: their number, and what they cost in millionths. */
const written = (part: 'cacheWrite' | 'cacheWriteHour', what: 'tokens' | 'nanosPerMillion') =>
  sql.raw(`coalesce((r.cost_terms -> '${part}' ->> '${what}')::numeric, 0)`)
const writtenTokens = sql`(${written('cacheWrite', 'tokens')} + ${written('cacheWriteHour', 'tokens')})`
const writtenCost = sql`(${written('cacheWrite', 'tokens')} * ${written('cacheWrite', 'nanosPerMillion')}
  + ${written('cacheWriteHour', 'tokens')} * ${written('cacheWriteHour', 'nanosPerMillion')})`

/** What the tokens of a call cost at three rates: the sum of its parts, rounded once, half up, as the call itself was priced. */
const tokenCost = (input: SQL, cached: SQL, output: SQL) => sql`floor((
    (r.prompt_tokens - least(r.cached_tokens, r.prompt_tokens) - ${writtenTokens}) * ${input}
    + least(r.cached_tokens, r.prompt_tokens) * ${cached} + r.completion_tokens * ${output} + ${writtenCost} + 500000
  ) / 1000000)`

const recordedTokenCost = tokenCost(
  sql`r.input_nanos_per_million::numeric`,
  sql`r.cached_input_nanos_per_million::numeric`,
  sql`r.output_nanos_per_million::numeric`,
)

/** Prices of tokens do not say what these cost. */
const isLeftOut = sql`(r.status = 'interrupted' or r.cache <> 'miss' or coalesce(r.cost_terms ? 'longInput', false)
  or r.cost_nanos < ${recordedTokenCost})`

/**
 * What is to be added to a call, beside what earlier corrections have added. Fees, attempts that failed and what was written
 * to a cache stay what they were.
 */
const amount = (terms: CorrectionTerms) => sql`(
  ${tokenCost(
    sql`${terms.inputNanosPerMillion.toString()}::numeric`,
    sql`${terms.cachedInputNanosPerMillion.toString()}::numeric`,
    sql`${terms.outputNanosPerMillion.toString()}::numeric`,
  )} - ${recordedTokenCost} - coalesce((select sum(amount_nanos) from freehold.usage_adjustments a
    where a.organization_id = r.organization_id and a.request_id = r.request_id), 0))::bigint`

/** What a correction would add now. */
export async function sumCorrection(
  tx: SystemTx,
  terms: CorrectionTerms,
): Promise<CorrectionSums & { leftOut: number }> {
  const [row] = await rowsOf<{ calls: string; organizations: string; amount: string; left_out: string }>(
    tx,
    sql`
    with concerned as (
      select r.organization_id, ${isLeftOut} as is_left_out, case when ${isLeftOut} then 0 else ${amount(terms)} end as amount
      from freehold.usage_records r where ${concerned(terms)}
    )
    select count(*) filter (where amount <> 0)::text as calls,
      count(distinct organization_id) filter (where amount <> 0)::text as organizations,
      coalesce(sum(amount), 0)::text as amount, count(*) filter (where is_left_out)::text as left_out
    from concerned`,
  )
  return {
    calls: Number(row?.calls ?? 0),
    organizations: Number(row?.organizations ?? 0),
    amountNanos: BigInt(row?.amount ?? 0),
    leftOut: Number(row?.left_out ?? 0),
  }
}

/** Where in an organization's calls a batch begins. */
export interface BatchStart {
  time: string
  id: string
}

export interface Batch {
  added: AddedAdjustment[]
  /** Undefined: that was the last. */
  next: BatchStart | undefined
}

/** An entry, with what decides in which budgets its call counts. */
export interface AddedAdjustment {
  id: string
  userId: string | null
  apiKeyId: string | null
  serviceAccountId: string | null
  projectId: string | null
  model: string
  tag: string | null
  countedNanos: Nanos
  endedAt: Date
}

interface RawCall extends Row {
  id: string | null
  user_id: string | null
  api_key_id: string | null
  service_account_id: string | null
  project_id: string | null
  model: string
  tag: string | null
  counted: string | null
  created_at: string | Date
  place_time: string
  place_id: string
}

/** Adds the entries of some calls of an organization and moves the daily roll-up with them. The caller has locked the books. */
export async function insertAdjustments(
  tx: TenantTx,
  correction: CorrectionRow,
  batch: { after: BatchStart | undefined; size: number; now: Date },
): Promise<Batch> {
  const { after, size, now } = batch
  const rows = await rowsOf<RawCall>(
    tx,
    sql`
    with calls as materialized (
      select r.organization_id, r.request_id, r.created_at, r.model, r.tag, r.project_id, r.user_id, r.api_key_id, r.paid_by, r.uncounted_nanos,
        case when ${isLeftOut} then 0 else ${amount(correction)} end as amount
      from freehold.usage_records r where ${concerned(correction)}
        ${after === undefined ? sql`` : sql`and (r.created_at, r.request_id) > (${after.time}::timestamptz, ${after.id}::uuid)`}
      order by r.created_at, r.request_id limit ${size}
    ), added as (
      insert into freehold.usage_adjustments (organization_id, id, correction_id, request_id, amount_nanos, uncounted_nanos,
        input_nanos_per_million, cached_input_nanos_per_million, output_nanos_per_million, reason, created_at)
      select organization_id, gen_random_uuid(), ${correction.id}::uuid, request_id, amount,
        -- The answer is what is priced anew: it counts where its key's calls do.
        case when paid_by = 'organization' and uncounted_nanos > 0 then amount else 0 end,
        ${correction.inputNanosPerMillion.toString()}::bigint, ${correction.cachedInputNanosPerMillion.toString()}::bigint,
        ${correction.outputNanosPerMillion.toString()}::bigint, ${correction.reason}, ${now.toISOString()}::timestamptz
      from calls where amount <> 0 order by request_id
      on conflict do nothing
      returning id, request_id, amount_nanos, uncounted_nanos
    ), rolled_up as (
      insert into freehold.usage_daily
        (organization_id, day, model, calls, prompt_tokens, completion_tokens, cost_nanos, uncounted_nanos)
      select organization_id, (created_at at time zone 'UTC')::date as day, model, 0, 0, 0, sum(amount_nanos),
        sum(added.uncounted_nanos)
      from calls join added using (request_id) group by organization_id, day, model order by day, model
      on conflict (organization_id, day, model) do update set
        cost_nanos = usage_daily.cost_nanos + excluded.cost_nanos,
        uncounted_nanos = usage_daily.uncounted_nanos + excluded.uncounted_nanos
    )
    select added.id, coalesce(calls.user_id, k.user_id) as user_id, calls.api_key_id, k.service_account_id, calls.project_id, calls.model,
      calls.tag, (added.amount_nanos - added.uncounted_nanos)::text as counted, calls.created_at,
      to_char(calls.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place_time, request_id as place_id
    from calls left join added using (request_id) left join freehold.api_keys k on k.id = calls.api_key_id
    order by calls.created_at, request_id`,
  )
  const last = rows[size - 1]
  return {
    added: rows.flatMap((row) =>
      row.id === null
        ? []
        : [
            {
              id: row.id,
              userId: row.user_id,
              apiKeyId: row.api_key_id,
              serviceAccountId: row.service_account_id,
              projectId: row.project_id,
              model: row.model,
              tag: row.tag,
              countedNanos: BigInt(row.counted ?? 0),
              endedAt: new Date(row.created_at),
            },
          ],
    ),
    next: last && { time: last.place_time, id: last.place_id },
  }
}

/** The organizations that have calls a correction is about, in the order of their ids. */
export async function listCorrectedOrganizations(tx: SystemTx, terms: CorrectionTerms): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`select distinct r.organization_id as id from freehold.usage_records r where ${concerned(terms)} order by 1`,
  )
  return rows.map(({ id }) => id)
}

/** @returns false when one with this id was there */
export async function insertCorrection(tx: SystemTx, row: CorrectionRow): Promise<boolean> {
  const added = await tx
    .insert(usageCorrections)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: usageCorrections.id })
  return added.length > 0
}

export async function findCorrection(tx: SystemTx, id: string): Promise<CorrectionRow | undefined> {
  const [row] = await tx.select().from(usageCorrections).where(eq(usageCorrections.id, id))
  return row
}

export async function updateCorrectionFinished(
  tx: SystemTx,
  id: string,
  finishedAt: Date | null,
): Promise<void> {
  await tx.update(usageCorrections).set({ finishedAt }).where(eq(usageCorrections.id, id))
}

/** What a correction has added so far. */
export async function sumAdjustments(tx: SystemTx, correctionId: string): Promise<CorrectionSums> {
  const [row] = await rowsOf<{ calls: string; organizations: string; amount: string }>(
    tx,
    sql`select count(*)::text as calls, count(distinct organization_id)::text as organizations,
      coalesce(sum(amount_nanos), 0)::text as amount
    from freehold.usage_adjustments where correction_id = ${correctionId}::uuid`,
  )
  return {
    calls: Number(row?.calls ?? 0),
    organizations: Number(row?.organizations ?? 0),
    amountNanos: BigInt(row?.amount ?? 0),
  }
}

/** The newest first, one more than `limit`. */
export async function listCorrections(
  tx: SystemTx,
  page: { limit: number; before: { time: Date; id: string } | undefined },
): Promise<CorrectionRow[]> {
  const { before, limit } = page
  return tx
    .select()
    .from(usageCorrections)
    .where(
      before &&
        sql`(${usageCorrections.createdAt}, ${usageCorrections.id}) < (${before.time.toISOString()}::timestamptz, ${before.id}::uuid)`,
    )
    .orderBy(desc(usageCorrections.createdAt), desc(usageCorrections.id))
    .limit(limit + 1)
}
