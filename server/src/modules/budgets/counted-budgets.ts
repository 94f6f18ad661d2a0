import { sql } from 'drizzle-orm'
import type { Scope } from '../../platform/context.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Nanos } from '../../platform/money.ts'
import type { BudgetPart, CountedBudget } from '../ledger/index.ts'
import { settledNow } from './budget-window.ts'
import type { BudgetWindow } from './contract.ts'
import type { CallParts } from './gate.ts'
import { countsIn } from './organization-leases.ts'

/** A call that is about to be recorded. */
interface CountedCall {
  parts: CallParts
  costNanos: Nanos
}

interface Standing {
  id: string
  about: CallParts
  hard: boolean
  credits: boolean
  window: BudgetWindow
  limitNanos: Nanos
  leftNanos: Nanos
}

/**
 * The budgets that each of some calls counts in, and what is left of them with it, in the order of the calls. Nothing is
 * locked: what other nodes settle at the same moment may be missing. For who reads it later; no decision hangs on it.
 */
export async function countedBudgets(
  scope: Scope,
  calls: readonly CountedCall[],
): Promise<CountedBudget[][]> {
  const standings = await listStandings(scope)
  return calls.map((call) =>
    standings.filter((one) => countsIn(one.about, call.parts)).map((one) => take(one, call)),
  )
}

/** As `countedBudgets`, of a call that has a hold of its own, which says what it counts in. */
export async function countedBudgetsOfHold(
  scope: Scope,
  requestId: string,
  costNanos: Nanos,
): Promise<CountedBudget[]> {
  const [parts] = await rowsOf<{
    user_id: string | null
    api_key_id: string | null
    service_account_id: string | null
    project_id: string | null
    model: string | null
    tag: string | null
  }>(
    scope.tx,
    sql`select user_id, api_key_id, service_account_id, project_id, model, tag from freehold.holds
      where request_id = ${requestId}::uuid`,
  )
  if (!parts) return []
  const [counted] = await countedBudgets(scope, [{ parts: partsOf(parts), costNanos }])
  return counted ?? []
}

function take(standing: Standing, { costNanos }: CountedCall): CountedBudget {
  standing.leftNanos -= costNanos
  const { id, about, hard, credits, window, limitNanos, leftNanos } = standing
  return {
    id,
    about: partNames.flatMap(([name, part]) => (about[part] === null ? [] : [name])),
    hard,
    ...(credits ? { credits } : {}),
    window,
    limitNanos: limitNanos.toString(),
    leftNanos: leftNanos.toString(),
  }
}

const partNames = [
  ['member', 'userId'],
  ['apiKey', 'apiKeyId'],
  ['serviceAccount', 'serviceAccountId'],
  ['project', 'projectId'],
  ['model', 'model'],
  ['tag', 'tag'],
] as const satisfies readonly (readonly [BudgetPart, keyof CallParts])[]

async function listStandings({ tx, now }: Scope): Promise<Standing[]> {
  const rows = await rowsOf<{
    id: string
    user_id: string | null
    api_key_id: string | null
    service_account_id: string | null
    project_id: string | null
    model: string | null
    tag: string | null
    hard: boolean
    credits: boolean
    budget_window: BudgetWindow
    limit_nanos: string
    left_nanos: string
  }>(
    tx,
    sql`select id, user_id, api_key_id, service_account_id, project_id, model, tag, hard, credits, budget_window, limit_nanos::text,
      (limit_nanos - ${settledNow(now)})::text as left_nanos
    from freehold.budgets order by id`,
  )
  return rows.map((row) => ({
    id: row.id,
    about: partsOf(row),
    hard: row.hard,
    credits: row.credits,
    window: row.budget_window,
    limitNanos: BigInt(row.limit_nanos),
    leftNanos: BigInt(row.left_nanos),
  }))
}

function partsOf(row: {
  user_id: string | null
  api_key_id: string | null
  service_account_id: string | null
  project_id: string | null
  model: string | null
  tag: string | null
}): CallParts {
  return {
    userId: row.user_id,
    apiKeyId: row.api_key_id,
    serviceAccountId: row.service_account_id,
    projectId: row.project_id,
    model: row.model,
    tag: row.tag,
  }
}
