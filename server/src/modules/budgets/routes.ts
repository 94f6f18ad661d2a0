import type { Caller, Scope } from '../../platform/context.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { type Nanos, parseUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { changeBudget } from './actions/change-budget.ts'
import { createBudget } from './actions/create-budget.ts'
import { removeBudget } from './actions/remove-budget.ts'
import { removeOrganizationBudgets } from './actions/remove-organization-budgets.ts'
import { setBudget } from './actions/set-budget.ts'
import * as contract from './contract.ts'
import { budgetExists, budgetNotFound, budgetSubjectNotFound } from './errors.ts'
import { presentBudget } from './present-budget.ts'
import { findBudget, listBudgets } from './store.ts'

const tag = 'Budgets'

/** The id of the model a name stands for. Models stand after budgets in the order of modules: handed in by the app. */
export type FindModelId = (name: string) => string | undefined

/** What this node knows and has of budgets that the database has not. */
export interface SpendingGate {
  /** Resolves when what has been spent on this node is counted, and what it holds beyond its calls has gone back. */
  settled(organizationId: string): Promise<void>
  /** Resolves when a change of budgets that is committed counts on every node. */
  budgetsChanged(organizationId: string): Promise<void>
}

export function budgetRoutes(platform: Platform, findModelId: FindModelId, gate: SpendingGate): Route[] {
  /** Reads budgets with the call that somebody has just made. */
  async function read<T>(caller: Caller, work: (scope: Scope) => Promise<T>): Promise<T> {
    if (caller.organizationId !== null) await gate.settled(caller.organizationId)
    return readTenant(platform, caller, work)
  }

  /** Changes budgets; it is answered when every node goes by the change. */
  async function change<T>(caller: Caller, work: (scope: Scope) => Promise<T>): Promise<T> {
    if (caller.organizationId !== null) await gate.settled(caller.organizationId)
    const changed = await withTenant(platform, caller, work)
    if (caller.organizationId !== null) await gate.budgetsChanged(caller.organizationId)
    return changed
  }

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
        const rows = await read(caller, (scope) => listBudgets(scope.tx, scope.now))
        return { data: rows.map(presentBudget), nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/budgets',
        tag,
        summary: 'Make a budget',
        description:
          'Calls count in it that agree with all that it names of member, key, service account, project, model and tag; ' +
          'where it names nothing, every call of the organization. What this window has cost so far counts against it.',
        access: 'manage:budgets',
        body: contract.newBudgetBody,
        response: { status: 201, description: 'The budget', schema: contract.budget },
        errors: [budgetSubjectNotFound, budgetExists, limitReached],
      },
      async ({ caller, body }) => {
        const {
          limitUsd,
          userId,
          apiKeyId,
          serviceAccountId,
          projectId,
          model,
          tag: callTag,
          ...terms
        } = body
        const modelId = model === undefined ? null : findModelId(model)
        if (modelId === undefined) throw budgetSubjectNotFound({ message: `There is no model '${model}'.` })
        const about = {
          userId: userId ?? null,
          apiKeyId: apiKeyId ?? null,
          serviceAccountId: serviceAccountId ?? null,
          projectId: projectId ?? null,
          model: modelId,
          tag: callTag ?? null,
        }
        const row = await change(caller, (scope) =>
          createBudget(scope, about, { ...terms, limitNanos: nanosOf(limitUsd) }),
        )
        return presentBudget(row)
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/api/v1/budgets/organization',
        tag,
        summary: 'Set the organization’s budget',
        description:
          'What this window has cost so far counts against it. Where the organization has several for all of its calls, the one ' +
          'of this window is set, else the oldest.',
        access: 'manage:budgets',
        body: contract.organizationBudgetBody,
        response: { status: 200, description: 'The budget', schema: contract.budget },
        errors: [limitReached],
      },
      async ({ caller, body }) => {
        const terms = { limitNanos: nanosOf(body.limitUsd), window: body.window, hard: body.hard }
        return presentBudget(await change(caller, (scope) => setBudget(scope, terms)))
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/budgets/organization',
        tag,
        summary: 'Remove the organization’s budgets',
        description: 'Those in which every call counts. Budgets of a part of the calls stay.',
        access: 'manage:budgets',
        response: { status: 204, description: 'Removed' },
        errors: [budgetNotFound],
      },
      async ({ caller }) => {
        await change(caller, (scope) => removeOrganizationBudgets(scope))
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/budgets/{id}',
        tag,
        summary: 'One budget',
        access: 'read:budgets',
        params: contract.budgetParams,
        response: { status: 200, description: 'The budget', schema: contract.budget },
        errors: [budgetNotFound],
      },
      async ({ caller, params }) => {
        const row = await read(caller, ({ tx, now }) => findBudget(tx, params.id, now))
        if (!row) throw budgetNotFound()
        return presentBudget(row)
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/budgets/{id}',
        tag,
        summary: 'Change a budget',
        description: 'What it is about stays: make another for that.',
        access: 'manage:budgets',
        params: contract.budgetParams,
        body: contract.budgetChanges,
        response: { status: 200, description: 'The budget', schema: contract.budget },
        errors: [budgetNotFound, budgetExists],
      },
      async ({ caller, params, body }) => {
        const { limitUsd, window, timeZone, hard, thresholds } = body
        const changes = {
          ...(limitUsd === undefined ? {} : { limitNanos: nanosOf(limitUsd) }),
          ...(window === undefined ? {} : { window }),
          ...(timeZone === undefined ? {} : { timeZone }),
          ...(hard === undefined ? {} : { hard }),
          ...(thresholds === undefined ? {} : { thresholds }),
        }
        const row = await change(caller, (scope) => changeBudget(scope, params.id, changes))
        return presentBudget(row)
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/budgets/{id}',
        tag,
        summary: 'Remove a budget',
        access: 'manage:budgets',
        params: contract.budgetParams,
        response: { status: 204, description: 'Removed' },
        errors: [budgetNotFound],
      },
      async ({ caller, params }) => {
        await change(caller, (scope) => removeBudget(scope, params.id))
      },
    ),
  ]
}

function nanosOf(limitUsd: string): Nanos {
  const nanos = parseUsd(limitUsd)
  if (nanos === undefined) throw validationFailed()
  return nanos
}
