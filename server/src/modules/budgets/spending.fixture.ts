import { type Scope, systemCaller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, signUp, type TestApp } from '../../testing/test-app.ts'
import { usageRecordOf } from '../../testing/usage-record.ts'
import { recordUsage } from '../ledger/index.ts'
import { authorizeSpend, type Spend } from './actions/authorize-spend.ts'
import { createBudget } from './actions/create-budget.ts'
import { settleSpend } from './actions/settle-spend.ts'
import type { CallParts } from './gate.ts'
import { type Terms, wholeOrganization } from './save-terms.ts'
import { type BudgetRow, listBudgets } from './store.ts'

export type InOrganization = <T>(work: (scope: Scope) => Promise<T>) => Promise<T>

/** A new organization, a way to work in it, and who owns it. */
export async function newOrganization(on: TestApp): Promise<InOrganization & { owner: Actor }> {
  const owner = await signUp(on)
  const caller = systemCaller(owner.organizationId, newId(), null, ['manage:budgets'])
  const inside: InOrganization = (work) => withTenant(on.platform, caller, work)
  return Object.assign(inside, { owner })
}

/** A call of nobody in particular; a test names what it is about. */
export function spend(amountNanos: bigint, parts: Partial<CallParts> = {}): Spend {
  return {
    requestId: newId(),
    parts: { ...wholeOrganization, model: 'openai/gpt-4o-mini', ...parts },
    amountNanos,
    nodeId: newId(),
    call: {},
  }
}

/** A call from its beginning to its end, with its record. */
export async function spendNow(
  on: TestApp,
  inside: InOrganization,
  costNanos: bigint,
  parts: Partial<CallParts> = {},
): Promise<void> {
  const call = spend(costNanos, parts)
  await inside((scope) => authorizeSpend(scope, call))
  await settleWithRecord(on, inside, call, costNanos)
}

export function settleWithRecord(
  on: TestApp,
  inside: InOrganization,
  call: Spend,
  costNanos: bigint,
): Promise<boolean> {
  const { serviceAccountId: _, model, ...who } = call.parts
  return inside(async (scope) => {
    await recordUsage(
      scope,
      usageRecordOf({ ...who, model: model ?? 'none', requestId: call.requestId, costNanos }),
    )
    return settleSpend(on.platform, scope, call.requestId, costNanos)
  })
}

/** A hard monthly budget unless the test says otherwise. */
export function makeBudget(
  inside: InOrganization,
  about: Partial<CallParts>,
  terms: Partial<Terms> & { limitNanos: bigint },
): Promise<BudgetRow> {
  const whole: Terms = { window: 'month', timeZone: 'UTC', hard: true, thresholds: [50, 80, 100], ...terms }
  return inside((scope) => createBudget(scope, { ...wholeOrganization, ...about }, whole))
}

export function budgetsIn(inside: InOrganization): Promise<BudgetRow[]> {
  return inside((scope) => listBudgets(scope.tx, scope.now))
}
