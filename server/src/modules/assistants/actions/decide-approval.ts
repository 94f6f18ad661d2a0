import type { SQL } from 'drizzle-orm'
import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { permissions, requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { findApproval, updateWaitingApproval } from '../approval-store.ts'
import { type Assistants, nudge } from '../assistants.ts'
import { toolNames } from '../contract.ts'
import { approvalDecided, approvalNeedsPerson, approvalNotFound, argumentsInvalid } from '../errors.ts'
import { findTool } from '../graphs/tools/all-tools.ts'
import { presentApproval } from '../present.ts'
import { ownRuns } from '../run-store.ts'
import { openRunSeal } from '../sealed-runs.ts'

export type Choice =
  | { readonly state: 'approved'; readonly edited?: Record<string, unknown> | undefined }
  | { readonly state: 'rejected'; readonly note?: string | undefined }

/** Whose approvals a caller sees: everybody's with `decide:approvals`, else those of their own runs. Undefined: all. */
export function approvalsOf(caller: Caller): SQL | undefined {
  return caller.permissions.has('decide:approvals') ? undefined : ownRuns(caller)
}

/**
 * Decides about what a run would change, once: of two who come at once one is told that it has been decided. Only a person
 * who is signed in decides, and approves only what they could do themselves.
 * @throws approval_not_found (404), approval_decided (409), approval_needs_person (403), arguments_invalid (400)
 */
export async function decideApproval(assistants: Assistants, caller: Caller, id: string, choice: Choice) {
  requirePermission(caller, 'use:assistants')
  const { platform } = assistants
  const decided = await withTenant(platform, caller, async (scope) => {
    const { tx, now } = scope
    const found = await findApproval(tx, id, approvalsOf(caller))
    if (!found) throw approvalNotFound()
    if (caller.kind !== 'user') throw approvalNeedsPerson()
    const { approval } = found
    const needed = permissions.find((name) => name === approval.permission)
    if (choice.state === 'approved' && needed) requirePermission(caller, needed)
    const { seal } = await openRunSeal(platform, scope)
    const edited = choice.state === 'approved' ? choice.edited : undefined
    if (edited) requireArguments(approval.tool, edited)
    const note = choice.state === 'rejected' ? choice.note : undefined
    const isOpen = approval.state === 'waiting' && approval.expiresAt > now
    const changes = {
      state: choice.state,
      editedSealed: edited ? seal('assistant_approvals.edited', id, edited) : null,
      noteSealed: note === undefined ? null : seal('assistant_approvals.note', id, note),
      decidedBy: caller.userId,
      decidedAt: now,
    }
    if (!isOpen || !(await updateWaitingApproval(tx, id, changes))) throw approvalDecided()
    await platform.jobs.send(
      scope,
      { name: 'assistants.wake-run' },
      { organizationId: scope.organizationId, id: approval.runId },
    )
    await recordAudit(scope, {
      action: choice.state === 'approved' ? 'approval.approve' : 'approval.reject',
      entity: { type: 'approval', id },
      changes: { runId: approval.runId, tool: approval.tool, edited: edited !== undefined },
    })
    await publishEvent(scope, { type: 'approval.decided', data: { approvalId: id, state: choice.state } })
    const after = await findApproval(tx, id, undefined)
    return presentApproval(after ?? found, await openRunSeal(platform, scope))
  })
  await nudge(assistants, decided.runId)
  return decided
}

function requireArguments(name: string, given: Record<string, unknown>): void {
  const parsed = findTool(toolNames, name)?.arguments.safeParse(given)
  if (parsed?.success) return
  const issues = parsed?.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw argumentsInvalid({ message: `The tool does not take these arguments: ${issues?.join('; ')}` })
}
