import { and, asc, desc, eq, getTableColumns, gte, inArray, lt, lte, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { madeBy, madeWithKeyOf } from './own-calls.ts'
import { usageAdjustments, usageDaily, usageRecords } from './tables.ts'

export type UsageRecordRow = typeof usageRecords.$inferSelect
export type UsageDailyRow = typeof usageDaily.$inferSelect

const dayMs = 86_400_000

const recordColumns = Object.entries(getTableColumns(usageRecords))
const columnList = sql.raw(recordColumns.map(([, { name }]) => name).join(', '))
const added = (name: string) => sql.raw(`${name} = usage_daily.${name} + excluded.${name}`)

/**
 * Writes records, and moves the daily roll-up with those that were not there before: one statement, the same whatever their
 * number, so that the database plans it once. All that writes several goes by the order of ids, days and models, so that
 * no two wait for each other.
 * @returns the requests of which no record was there
 */
export async function insertUsageRecords(tx: TenantTx, rows: readonly UsageRecordRow[]): Promise<string[]> {
  if (rows.length === 0) return []
  const written = await rowsOf<{ request_id: string }>(
    tx,
    sql`
    with written as (
      insert into freehold.usage_records (${columnList})
      select ${columnList} from jsonb_populate_recordset(null::freehold.usage_records, ${encodeRows(rows)}::jsonb)
      order by request_id
      on conflict do nothing
      returning organization_id, request_id, created_at, model, prompt_tokens, completion_tokens, cost_nanos, uncounted_nanos
    ), rolled_up as (
      insert into freehold.usage_daily
        (organization_id, day, model, calls, prompt_tokens, completion_tokens, cost_nanos, uncounted_nanos)
      select organization_id, (created_at at time zone 'UTC')::date as day, model, count(*),
        sum(prompt_tokens), sum(completion_tokens), sum(cost_nanos), sum(uncounted_nanos)
      from written group by organization_id, day, model order by day, model
      on conflict (organization_id, day, model) do update set ${added('calls')}, ${added('prompt_tokens')},
        ${added('completion_tokens')}, ${added('cost_nanos')}, ${added('uncounted_nanos')}
    )
    select request_id from written`,
  )
  return written.map(({ request_id }) => request_id)
}

/** Rows as `jsonb_populate_recordset` reads them: amounts as text, which keeps every digit. */
function encodeRows(rows: readonly UsageRecordRow[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(
        recordColumns.map(([key, { name }]) => {
          // The keys of the columns are those of the rows.
          const value: unknown = row[key as keyof UsageRecordRow]
          return [name, typeof value === 'bigint' ? value.toString() : value]
        }),
      ),
    ),
  )
}

/** Who made a call, as far as they are still there. */
export interface CallMaker {
  memberId: string | null
  memberName: string | null
  apiKeyName: string | null
  serviceAccountId: string | null
  serviceAccountName: string | null
  projectName: string | null
}

/** A record with what corrections have added to its cost. */
export type AdjustedRecord = UsageRecordRow & { adjustmentNanos: Nanos }

export type NamedUsageRecord = AdjustedRecord & CallMaker

/** By name: among the columns of a select Drizzle leaves a table's name out, and another would be meant. */
const ownAdjustments = sql.raw('freehold.usage_adjustments a where a.request_id = usage_records.request_id')

/** What corrections have added to a call: for lists. Sums join `adjustmentsOf`, which goes through them once. */
export const adjustmentNanos = sql`(select coalesce(sum(a.amount_nanos), 0) from ${ownAdjustments})`

const adjustedColumns = {
  ...getTableColumns(usageRecords),
  adjustmentNanos: sql`${adjustmentNanos}::text`.mapWith(BigInt),
}

/** What corrections have added, by call. */
export function adjustmentsOf(tx: TenantTx) {
  return tx
    .select({
      requestId: usageAdjustments.requestId,
      amount: sql`sum(${usageAdjustments.amountNanos})`.as('amount'),
      uncounted: sql`sum(${usageAdjustments.uncountedNanos})`.as('uncounted'),
    })
    .from(usageAdjustments)
    .groupBy(usageAdjustments.requestId)
    .as('adjusted')
}

const keyColumn = (column: string) =>
  sql`(select ${sql.identifier(column)} from freehold.api_keys k where k.id = ${usageRecords.apiKeyId})`
const memberId = sql<string | null>`coalesce(${usageRecords.userId}, ${keyColumn('user_id')})`
const accountId = sql<string | null>`${keyColumn('service_account_id')}`

const namedColumns = {
  ...adjustedColumns,
  memberId,
  memberName: sql<string | null>`(select u.name from freehold.users u where u.id = ${memberId})`,
  apiKeyName: sql<string | null>`${keyColumn('name')}`,
  serviceAccountId: accountId,
  serviceAccountName: sql<
    string | null
  >`(select a.name from freehold.service_accounts a where a.id = ${accountId})`,
  projectName: sql<
    string | null
  >`(select p.name from freehold.projects p where p.id = ${usageRecords.projectId})`,
}

/** What one correction has added to a call. Amounts are whole numbers as text. */
export interface RecordedAdjustment {
  id: string
  correctionId: string
  requestId: string
  createdAt: string
  amountNanos: string
  uncountedNanos: string
  prices: { inputNanosPerMillion: string; cachedInputNanosPerMillion: string; outputNanosPerMillion: string }
  reason: string
}

const adjustments = sql<RecordedAdjustment[]>`(select coalesce(jsonb_agg(jsonb_build_object(
    'id', a.id, 'correctionId', a.correction_id, 'requestId', a.request_id, 'reason', a.reason,
    'createdAt', to_char(a.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'amountNanos', a.amount_nanos::text, 'uncountedNanos', a.uncounted_nanos::text,
    'prices', jsonb_build_object('inputNanosPerMillion', a.input_nanos_per_million::text,
      'cachedInputNanosPerMillion', a.cached_input_nanos_per_million::text,
      'outputNanosPerMillion', a.output_nanos_per_million::text)
  ) order by a.created_at, a.id), '[]') from ${ownAdjustments})`

/** @param visible which calls the caller may see; undefined: all */
export async function findUsageRecord(
  tx: TenantTx,
  requestId: string,
  visible: SQL | undefined,
): Promise<(NamedUsageRecord & { adjustments: RecordedAdjustment[] }) | undefined> {
  const [row] = await tx
    .select({ ...namedColumns, adjustments })
    .from(usageRecords)
    .where(and(eq(usageRecords.requestId, requestId), visible))
  return row
}

export async function findUsageRecords(
  tx: TenantTx,
  requestIds: readonly string[],
): Promise<UsageRecordRow[]> {
  if (requestIds.length === 0) return []
  return tx
    .select()
    .from(usageRecords)
    .where(inArray(usageRecords.requestId, [...requestIds]))
}

/** Those that ended last first; one more than `limit`. */
export async function listUsageRecords(
  tx: TenantTx,
  which: SQL | undefined,
  page: { limit: number; before: { time: Date; id: string } | undefined },
): Promise<NamedUsageRecord[]> {
  const { before, limit } = page
  return tx
    .select(namedColumns)
    .from(usageRecords)
    .where(
      and(
        which,
        before &&
          sql`(${usageRecords.createdAt}, ${usageRecords.requestId}) < (${before.time.toISOString()}::timestamptz, ${before.id}::uuid)`,
      ),
    )
    .orderBy(desc(usageRecords.createdAt), desc(usageRecords.requestId))
    .limit(limit + 1)
}

/** What calls come to that ended since a moment. */
export async function sumCalls(
  tx: TenantTx,
  which: SQL,
  since: Date,
): Promise<{ calls: number; promptTokens: number; completionTokens: number; costNanos: bigint }> {
  const adjusted = adjustmentsOf(tx)
  const [row] = await tx
    .select({
      calls: sql<string>`count(*)::text`,
      promptTokens: sql<string>`coalesce(sum(${usageRecords.promptTokens}), 0)::text`,
      completionTokens: sql<string>`coalesce(sum(${usageRecords.completionTokens}), 0)::text`,
      costNanos: sql<string>`coalesce(sum(${usageRecords.costNanos} + coalesce(${adjusted.amount}, 0)), 0)::text`,
    })
    .from(usageRecords)
    .leftJoin(adjusted, eq(adjusted.requestId, usageRecords.requestId))
    .where(and(which, gte(usageRecords.createdAt, since)))
  return {
    calls: Number(row?.calls ?? 0),
    promptTokens: Number(row?.promptTokens ?? 0),
    completionTokens: Number(row?.completionTokens ?? 0),
    costNanos: BigInt(row?.costNanos ?? 0),
  }
}

/** The calls a person made, the newest first. */
export async function listUsageRecordsOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<AdjustedRecord[]> {
  return tx
    .select(adjustedColumns)
    .from(usageRecords)
    .where(
      and(
        eq(usageRecords.userId, userId),
        page.beforeId === undefined ? undefined : lt(usageRecords.requestId, page.beforeId),
      ),
    )
    .orderBy(desc(usageRecords.requestId))
    .limit(page.limit)
}

export async function listDailyUsage(tx: TenantTx, from: string, to: string): Promise<UsageDailyRow[]> {
  return tx
    .select()
    .from(usageDaily)
    .where(and(gte(usageDaily.day, from), lte(usageDaily.day, to)))
    .orderBy(asc(usageDaily.day), asc(usageDaily.model))
}

/** Which calls are meant: those that agree with all that is not null. */
export interface UsagePart {
  /** With their sessions and their own keys. */
  userId: string | null
  apiKeyId: string | null
  serviceAccountId: string | null
  projectId: string | null
  model: string | null
  tag: string | null
}

/** What budgets count of what the calls of a part have cost since a moment. Whole days of models are read from the roll-up. */
export async function sumCostSince(tx: TenantTx, since: Date, part: UsagePart): Promise<bigint> {
  const { userId, apiKeyId, serviceAccountId, projectId, model, tag } = part
  const adjusted = adjustmentsOf(tx)
  const isRolledUp = [userId, apiKeyId, serviceAccountId, projectId, tag].every((one) => one === null)
  const [row] =
    isRolledUp && since.getTime() % dayMs === 0
      ? await tx
          .select({
            total: sql<string>`coalesce(sum(${usageDaily.costNanos} - ${usageDaily.uncountedNanos}), 0)::text`,
          })
          .from(usageDaily)
          .where(
            and(
              gte(usageDaily.day, since.toISOString().slice(0, 10)),
              model === null ? undefined : eq(usageDaily.model, model),
            ),
          )
      : await tx
          .select({
            total: sql<string>`coalesce(sum(${usageRecords.costNanos} - ${usageRecords.uncountedNanos}
              + coalesce(${adjusted.amount} - ${adjusted.uncounted}, 0)), 0)::text`,
          })
          .from(usageRecords)
          .leftJoin(adjusted, eq(adjusted.requestId, usageRecords.requestId))
          .where(
            and(
              gte(usageRecords.createdAt, since),
              userId === null ? undefined : madeBy(userId),
              apiKeyId === null ? undefined : eq(usageRecords.apiKeyId, apiKeyId),
              serviceAccountId === null ? undefined : madeWithKeyOf('service_account_id', serviceAccountId),
              projectId === null ? undefined : eq(usageRecords.projectId, projectId),
              model === null ? undefined : eq(usageRecords.model, model),
              tag === null ? undefined : eq(usageRecords.tag, tag),
            ),
          )
  return BigInt(row?.total ?? '0')
}
