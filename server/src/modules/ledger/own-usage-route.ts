import type { z } from '@hono/zod-openapi'
import type { Caller } from '../../platform/context.ts'
import { noOrganization } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { ownCalls } from './own-calls.ts'
import { money } from './present.ts'
import type { ReadUsage } from './read-usage.ts'
import { sumCalls } from './store.ts'
import { ownUsage } from './summary-contract.ts'

/** The budgets that count what a caller spends. Budgets stand after the ledger in the order of modules: handed in by the app. */
export type OwnBudgets = (caller: Caller) => Promise<z.infer<typeof ownUsage>['budgets']>

const dayMs = 86_400_000

export function ownUsageRoute(platform: Platform, read: ReadUsage, ownBudgets: OwnBudgets): Route {
  async function spentSince(caller: Caller, since: Date) {
    const sums = await read(caller, (scope) => sumCalls(scope.tx, ownCalls(caller), since))
    return { ...sums, ...money(sums.costNanos) }
  }

  return defineRoute(
    {
      method: 'get',
      path: '/api/v1/usage/me',
      tag: 'Usage',
      summary: 'What the caller has spent, and what is left of their budgets',
      description:
        'A person sees what they asked and what their own keys called; a key what was called with it; a service account what its ' +
        'keys called. Days and months are UTC.',
      access: 'signed-in',
      response: { status: 200, description: 'Own usage', schema: ownUsage },
      errors: [noOrganization],
    },
    async ({ caller }) => {
      if (caller.organizationId === null) throw noOrganization()
      const now = platform.clock.now()
      const day = now.toISOString().slice(0, 10)
      return {
        today: await spentSince(caller, new Date(day)),
        thisMonth: await spentSince(caller, new Date(`${day.slice(0, 7)}-01`)),
        last30Days: await spentSince(caller, new Date(Date.parse(day) - 29 * dayMs)),
        budgets: await ownBudgets(caller),
      }
    },
  )
}
