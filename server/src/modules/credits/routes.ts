import { requirePermission } from '../../platform/auth/permissions.ts'
import { type Caller, type Scope, systemCaller } from '../../platform/context.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { AppError, validationFailed } from '../../platform/errors.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { parseUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { findCreditBalance, type SpendingGate } from '../budgets/index.ts'
import { getOperatedOrganization } from '../organizations/index.ts'
import { grantCredits } from './actions/grant-credits.ts'
import { revokeCredits } from './actions/revoke-credits.ts'
import * as contract from './contract.ts'
import {
  creditExpiryInPast,
  creditGrantNotFound,
  creditOrganizationNotFound,
  nothingToRevoke,
} from './errors.ts'
import { presentBalance, presentEntry } from './present.ts'
import { listEntries, listGrants } from './store.ts'

const tag = 'Credits'

export function creditRoutes(platform: Platform, gate: SpendingGate): Route[] {
  /** The operator, at work in an organization that need not be theirs. */
  async function operatorIn(caller: Caller, organizationId: string): Promise<Caller> {
    requirePermission(caller, 'system:admin')
    await getOperatedOrganization(platform, organizationId).catch((error: unknown) => {
      throw error instanceof AppError ? creditOrganizationNotFound() : error
    })
    const { requestId, userId, ip, userAgent } = caller
    return {
      ...systemCaller(organizationId, requestId, userId, ['system:admin']),
      kind: 'user',
      ip,
      userAgent,
    }
  }

  /** Changes the balance; it is answered when every node goes by the change. */
  async function change(caller: Caller, organizationId: string, work: (scope: Scope) => Promise<void>) {
    const operator = await operatorIn(caller, organizationId)
    await gate.settled(organizationId)
    await withTenant(platform, operator, work)
    await gate.budgetsChanged(organizationId)
    return withTenant(platform, operator, present)
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/credits',
        tag,
        summary: 'The prepaid credits and what is left of them',
        access: 'read:budgets',
        response: { status: 200, description: 'The balance', schema: contract.creditBalance },
      },
      async ({ caller }) => {
        if (caller.organizationId !== null) await gate.settled(caller.organizationId)
        return withTenant(platform, caller, present)
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/credits/entries',
        tag,
        summary: 'Grants, revocations and expiries, newest first',
        description: 'What calls have used is in the records of usage.',
        access: 'read:budgets',
        query: contract.creditEntriesQuery,
        response: { status: 200, description: 'A page of entries', schema: contract.creditEntryList },
      },
      async ({ caller, query: { limit, cursor } }) => {
        const beforeId = decodeIdCursor(cursor)
        const rows = await readTenant(platform, caller, ({ tx }) => listEntries(tx, { limit, beforeId }))
        const page = toPage(rows, limit, ({ id }) => [id])
        return { ...page, data: page.data.map(presentEntry) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/admin/credits',
        tag: 'Installation',
        summary: 'The prepaid credits of an organization',
        access: 'system:admin',
        query: contract.creditOrganizationQuery,
        response: { status: 200, description: 'The balance', schema: contract.creditBalance },
        errors: [creditOrganizationNotFound],
      },
      async ({ caller, query: { organizationId } }) =>
        withTenant(
          platform,
          await operatorIn(caller, organizationId ?? String(caller.organizationId)),
          present,
        ),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/admin/credits',
        tag: 'Installation',
        summary: 'Grant prepaid credits to an organization',
        description:
          'From its first grant on, every call of the organization is held against its balance, and refused with 402 where it could cost more than is left.',
        access: 'system:admin',
        body: contract.newCreditGrant,
        response: { status: 201, description: 'The balance', schema: contract.creditBalance },
        errors: [creditOrganizationNotFound, creditExpiryInPast],
      },
      async ({ caller, body }) => {
        const amountNanos = parseUsd(body.amountUsd)
        if (amountNanos === undefined) throw validationFailed()
        const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt)
        return change(caller, body.organizationId, (scope) =>
          grantCredits(scope, { amountNanos, expiresAt, note: body.note }),
        )
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/admin/credits/revoke',
        tag: 'Installation',
        summary: 'Revoke what is left of a grant',
        description: 'What calls have used stays used, and what calls under way hold is not taken from them.',
        access: 'system:admin',
        body: contract.creditRevocation,
        response: { status: 200, description: 'The balance', schema: contract.creditBalance },
        errors: [creditOrganizationNotFound, creditGrantNotFound, nothingToRevoke],
      },
      async ({ caller, body }) =>
        change(caller, body.organizationId, (scope) => revokeCredits(scope, body.grantId, body.note)),
    ),
  ]
}

async function present({ tx }: Scope) {
  return presentBalance(await findCreditBalance(tx), await listGrants(tx))
}
