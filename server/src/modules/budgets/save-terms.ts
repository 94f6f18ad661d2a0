import { recordAudit } from '../../platform/audit/record-audit.ts'
import type { Scope } from '../../platform/context.ts'
import { sqlState } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { formatUsd, type Nanos } from '../../platform/money.ts'
import { spentSince } from '../ledger/index.ts'
import type { BudgetWindow } from './contract.ts'
import { budgetNotFound } from './errors.ts'
import { type BudgetAbout, type BudgetRow, type BudgetTerms, findBudget, findWindowStart } from './store.ts'

/** What may be changed of a budget. */
export interface Terms {
  limitNanos: Nanos
  window: BudgetWindow
  timeZone: string
  hard: boolean
  thresholds: number[]
}

export const defaultTerms = { timeZone: 'UTC', thresholds: [50, 80, 100] } as const

export const wholeOrganization: BudgetAbout = {
  userId: null,
  apiKeyId: null,
  serviceAccountId: null,
  projectId: null,
  model: null,
  tag: null,
}

/** Terms with what their window has cost so far. The caller has locked the organization. */
export async function countTerms(scope: Scope, about: BudgetAbout, terms: Terms): Promise<BudgetTerms> {
  const windowStartedAt = await windowStartOf(scope, terms)
  return {
    ...terms,
    thresholds: terms.thresholds.toSorted((a, b) => a - b),
    windowStartedAt,
    settledNanos: await spentSince(scope, windowStartedAt, about),
    updatedAt: scope.now,
  }
}

async function windowStartOf({ tx, now }: Scope, { window, timeZone }: Terms): Promise<Date> {
  try {
    return await findWindowStart(tx, window, timeZone, now)
  } catch (error) {
    if (sqlState(error) !== '22023') throw error
    const message = 'is not a time zone that the database knows'
    throw validationFailed({
      message: `timeZone ${message}.`,
      details: { problems: [{ in: 'body', field: 'timeZone', message }] },
      cause: error,
    })
  }
}

/** Writes what has changed into the audit log. @returns the budget as it is now */
export async function recordSaved(
  scope: Scope,
  id: string,
  before: BudgetRow | undefined,
): Promise<BudgetRow> {
  const row = await findBudget(scope.tx, id, scope.now)
  if (!row) throw budgetNotFound()
  const [from, to] = [before && audited(before), audited(row)]
  const changes = Object.fromEntries(
    Object.entries(to)
      .map(([name, value]) => [name, { from: from?.[name] ?? null, to: value }] as const)
      .filter(([, change]) => change.from !== change.to),
  )
  await recordAudit(scope, { action: 'budget.set', entity: { type: 'budget', id }, changes })
  return row
}

function audited(row: BudgetRow): Record<string, string | boolean | null> {
  return {
    ...row.about,
    limitUsd: formatUsd(row.limitNanos),
    window: row.window,
    timeZone: row.timeZone,
    hard: row.hard,
    thresholds: row.thresholds.join(', '),
  }
}
