import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { parseUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { removeBudget } from './actions/remove-budget.ts'
import { setBudget } from './actions/set-budget.ts'
import * as contract from './contract.ts'
import { budgetNotFound } from './errors.ts'
import { presentBudget } from './present-budget.ts'
import { listBudgets } from './store.ts'

const tag = 'Budgets'

export function budgetRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/budgets',
        tag,
        summary: 'The budgets and what is left of them',
        access: 'read:budgets',
        response: { status: 200, description: 'The budgets', schema: contract.budgetList },
      },
      async ({ caller }) => {
        const rows = await readTenant(platform, caller, (scope) => listBudgets(scope.tx))
        return { data: rows.map((row) => presentBudget(row, platform.clock.now())), nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/api/v1/budgets/organization',
        tag,
        summary: 'Set the organization’s budget',
        description: 'What this window has cost so far counts against it.',
        access: 'manage:budgets',
        body: contract.budgetBody,
        response: { status: 200, description: 'The budget', schema: contract.budget },
      },
      async ({ caller, body }) => {
        const limitNanos = parseUsd(body.limitUsd)
        if (limitNanos === undefined) throw validationFailed()
        const row = await withTenant(platform, caller, (scope) =>
          setBudget(scope, { limitNanos, window: body.window, hard: body.hard }),
        )
        return presentBudget(row, platform.clock.now())
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/budgets/organization',
        tag,
        summary: 'Remove the organization’s budget',
        access: 'manage:budgets',
        response: { status: 204, description: 'Removed' },
        errors: [budgetNotFound],
      },
      async ({ caller }) => {
        await withTenant(platform, caller, (scope) => removeBudget(scope))
      },
    ),
  ]
}
