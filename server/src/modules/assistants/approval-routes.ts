import { withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { approvalsOf, decideApproval } from './actions/decide-approval.ts'
import { listApprovals } from './approval-store.ts'
import type { Assistants } from './assistants.ts'
import * as contract from './contract.ts'
import { approvalDecided, approvalNeedsPerson, approvalNotFound, argumentsInvalid } from './errors.ts'
import { presentApproval } from './present.ts'
import { openRunSeal } from './sealed-runs.ts'

const tag = 'Approvals'

export function approvalRoutes(assistants: Assistants): Route[] {
  const { platform } = assistants
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/approvals',
        tag,
        summary: 'What assistants would change, newest first',
        description: 'Of one’s own runs; with `decide:approvals` of everybody’s.',
        access: 'use:assistants',
        query: contract.approvalListQuery,
        response: { status: 200, description: 'A page of approvals', schema: contract.approvalList },
      },
      async ({ caller, query: { limit, cursor, state } }) => {
        const page = { limit: limit + 1, beforeId: decodeIdCursor(cursor), state }
        return withTenant(platform, caller, async (scope) => {
          const seal = await openRunSeal(platform, scope)
          const rows = await listApprovals(scope.tx, approvalsOf(caller), page)
          const cut = toPage(rows, limit, ({ approval }) => [approval.id])
          return { ...cut, data: cut.data.map((row) => presentApproval(row, seal)) }
        })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/approvals/{id}/approve',
        tag,
        summary: 'Let an assistant do it',
        description:
          'As it asked, or with other arguments. Only a person who may do the same themselves approves.',
        access: 'use:assistants',
        params: contract.idParams,
        body: contract.approveBody,
        response: { status: 200, description: 'Approved; the run goes on', schema: contract.approval },
        errors: [approvalNotFound, approvalDecided, approvalNeedsPerson, argumentsInvalid],
      },
      ({ caller, params: { id }, body }) =>
        decideApproval(assistants, caller, id, { state: 'approved', edited: body.arguments }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/approvals/{id}/reject',
        tag,
        summary: 'Keep an assistant from doing it',
        access: 'use:assistants',
        params: contract.idParams,
        body: contract.rejectBody,
        response: { status: 200, description: 'Rejected; the run goes on', schema: contract.approval },
        errors: [approvalNotFound, approvalDecided, approvalNeedsPerson],
      },
      ({ caller, params: { id }, body }) =>
        decideApproval(assistants, caller, id, { state: 'rejected', note: body.note }),
    ),
  ]
}
