import { type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { type CallFilter, conditionOf } from './call-filter.ts'
import { usageRecords } from './tables.ts'

export const dimensions = [
  'model',
  'provider',
  'purpose',
  'member',
  'key',
  'service_account',
  'project',
  'tag',
  'status',
  'day',
  'hour',
] as const
export type Dimension = (typeof dimensions)[number]

/** What the calls of one group come to. */
export interface UsageSums {
  calls: number
  errors: number
  cacheHits: number
  promptTokens: number
  cachedTokens: number
  completionTokens: number
  reasoningTokens: number
  costNanos: Nanos
  /** What answers that were given again had cost. */
  savedNanos: Nanos
}

export interface UsageGroup extends UsageSums {
  /** By dimension: the value, and the name of what it is an id of, where that is still there. */
  group: { dimension: Dimension; value: string | null; name: string | null }[]
  /** Half of the calls, and nineteen of twenty, took at most so long; null where it was not asked for. */
  p50LatencyMs: number | null
  p95LatencyMs: number | null
}

const key = sql`(select k from freehold.api_keys k where k.id = ${usageRecords.apiKeyId})`

/** Days and hours are UTC. */
const values: Readonly<Record<Dimension, SQL>> = {
  model: sql`${usageRecords.model}`,
  provider: sql`${usageRecords.provider}`,
  purpose: sql`${usageRecords.purpose}`,
  member: sql`coalesce(${usageRecords.userId}, (${key}).user_id)::text`,
  key: sql`${usageRecords.apiKeyId}::text`,
  service_account: sql`(${key}).service_account_id::text`,
  project: sql`${usageRecords.projectId}::text`,
  tag: sql`${usageRecords.tag}`,
  status: sql`${usageRecords.status}`,
  day: sql`to_char(${usageRecords.createdAt} at time zone 'UTC', 'YYYY-MM-DD')`,
  hour: sql`to_char(${usageRecords.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')`,
}

/** The name of what an id stands for. */
const names: Partial<Record<Dimension, (id: SQL) => SQL>> = {
  member: (id) => sql`(select name from freehold.users where users.id = ${id}::uuid)`,
  key: (id) => sql`(select name from freehold.api_keys where api_keys.id = ${id}::uuid)`,
  service_account: (id) =>
    sql`(select name from freehold.service_accounts where service_accounts.id = ${id}::uuid)`,
  project: (id) => sql`(select name from freehold.projects where projects.id = ${id}::uuid)`,
}

interface RawGroup extends Row {
  calls: string
  errors: string
  cache_hits: string
  prompt_tokens: string
  cached_tokens: string
  completion_tokens: string
  reasoning_tokens: string
  cost_nanos: string
  p50: number | null
  p95: number | null
}

export interface SummaryQuestion {
  groupBy: readonly Dimension[]
  filter: CallFilter
  visible: SQL | undefined
  withLatency: boolean
  limit: number
  offset: number
}

/**
 * The sums of calls by up to three dimensions, in one statement: along time where a dimension is time, else the dearest
 * first; one group more than `limit`. With the totals of all groups, on this page or not.
 */
export async function summarizeUsage(
  tx: TenantTx,
  question: SummaryQuestion,
): Promise<{ groups: UsageGroup[]; totals: UsageSums }> {
  const { groupBy, limit, offset } = question
  const column = (index: number) => sql.identifier(`d${index}`)
  const asked = groupBy.map((name, index) => sql`${values[name]} as ${column(index)}`)
  const named = groupBy.map(
    (name, index) =>
      sql`${names[name]?.(sql`${column(index)}`) ?? sql`null`} as ${sql.identifier(`n${index}`)}`,
  )
  const positions = sql.join(
    groupBy.map((_, index) => column(index)),
    sql`, `,
  )
  const time = groupBy.findIndex((name) => name === 'day' || name === 'hour')
  const first = time === -1 ? sql`` : sql`${column(time)}, `
  const latency = question.withLatency
    ? sql`percentile_disc(0.5) within group (order by ${usageRecords.latencyMs}) as p50,
        percentile_disc(0.95) within group (order by ${usageRecords.latencyMs}) as p95`
    : sql`null::integer as p50, null::integer as p95`
  const sums = sql.join(
    sumNames.map(
      (name) => sql`(sum(${sql.identifier(name)}) over ())::text as ${sql.identifier(`all_${name}`)}`,
    ),
    sql`, `,
  )
  const rows = await rowsOf<RawGroup>(
    tx,
    sql`
    with grouped as (
      select ${sql.join(asked, sql`, `)}, count(*) as calls,
        count(*) filter (where ${usageRecords.status} in ('error', 'interrupted')) as errors,
        count(*) filter (where ${usageRecords.cache} <> 'miss') as cache_hits,
        sum(${usageRecords.savedNanos}) as saved_nanos,
        sum(${usageRecords.promptTokens}) as prompt_tokens, sum(${usageRecords.cachedTokens}) as cached_tokens,
        sum(${usageRecords.completionTokens}) as completion_tokens,
        sum(${usageRecords.reasoningTokens}) as reasoning_tokens,
        sum(${usageRecords.costNanos} + coalesce(adjustment, 0)) as cost_nanos, ${latency}
      from ${usageRecords} left join (
        select request_id as adjusted_id, sum(amount_nanos) as adjustment from freehold.usage_adjustments group by request_id
      ) adjusted on adjusted_id = ${usageRecords.requestId} where ${conditionOf(question.filter, question.visible) ?? sql`true`}
      group by ${positions}
    ), page as (
      select *, ${sums}, row_number() over (order by ${first} cost_nanos desc, calls desc, ${positions}) as place
      from grouped
    )
    select page.*, ${sql.join(named, sql`, `)} from page
    where place > ${offset} and place <= ${offset + limit + 1} order by place`,
  )
  return {
    groups: rows.map((row) => ({
      group: groupBy.map((dimension, index) => ({
        dimension,
        value: textOf(row[`d${index}`]),
        name: textOf(row[`n${index}`]),
      })),
      ...sumsOf((name) => row[name]),
      p50LatencyMs: row.p50,
      p95LatencyMs: row.p95,
    })),
    totals: sumsOf((name) => rows[0]?.[`all_${name}`] ?? '0'),
  }
}

const sumNames = [
  'calls',
  'errors',
  'cache_hits',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'cost_nanos',
  'saved_nanos',
] as const

function sumsOf(read: (name: (typeof sumNames)[number]) => unknown): UsageSums {
  const count = (name: (typeof sumNames)[number]) => Number(read(name))
  return {
    calls: count('calls'),
    errors: count('errors'),
    cacheHits: count('cache_hits'),
    promptTokens: count('prompt_tokens'),
    cachedTokens: count('cached_tokens'),
    completionTokens: count('completion_tokens'),
    reasoningTokens: count('reasoning_tokens'),
    costNanos: BigInt(String(read('cost_nanos'))),
    savedNanos: BigInt(String(read('saved_nanos'))),
  }
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
