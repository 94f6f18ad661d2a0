import { type Scope, systemCaller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { publishEvent } from '../../platform/events/publish-event.ts'
import { newId } from '../../platform/ids.ts'
import { type ApprovalRow, insertApprovals, listApprovalsOfRun } from './approval-store.ts'
import { findTool } from './graphs/tools/all-tools.ts'
import type { HeldRun } from './perform-step.ts'
import { openRunSeal } from './sealed-runs.ts'

/** For so long a person may decide. */
const approvalMs = 7 * 86_400_000

interface AskedCall {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** The run that asks, and what its assistant may do. */
export interface AskingRun {
  readonly assistants: Pick<HeldRun['assistants'], 'platform'>
  readonly run: Pick<HeldRun['run'], 'organizationId' | 'id'>
  readonly definition: Pick<HeldRun['definition'], 'tools'>
}

/** Puts calls into the inbox, each once. @returns whether one of the run's still waits */
export function askForApprovals(held: AskingRun, calls: readonly AskedCall[]): Promise<boolean> {
  const { assistants, run, definition } = held
  return inRun(held, async (scope) => {
    const { tx, organizationId, now } = scope
    const { seal } = await openRunSeal(assistants.platform, scope)
    const known = new Set((await listApprovalsOfRun(tx, run.id)).map(({ toolCallId }) => toolCallId))
    const rows = calls.flatMap((call) => {
      const tool = findTool(definition.tools, call.name)
      if (!tool || known.has(call.id)) return []
      const id = newId()
      return {
        organizationId,
        id,
        runId: run.id,
        toolCallId: call.id,
        tool: tool.name,
        permission: tool.permission,
        argumentsSealed: seal('assistant_approvals.arguments', id, { ...call.arguments }),
        state: 'waiting' as const,
        createdAt: now,
        expiresAt: new Date(now.getTime() + approvalMs),
      }
    })
    await insertApprovals(tx, rows)
    for (const { id } of rows)
      await publishEvent(scope, { type: 'approval.requested', data: { approvalId: id, runId: run.id } })
    return (await listApprovalsOfRun(tx, run.id)).some(({ state }) => state === 'waiting')
  })
}

export interface Decision {
  readonly state: ApprovalRow['state']
  /** What may be done: as the person left them. */
  readonly arguments: Readonly<Record<string, unknown>>
  readonly note: string | null
}

/** What was decided about the calls of a run, by their ids. */
export function readDecisions(held: HeldRun): Promise<ReadonlyMap<string, Decision>> {
  return inRun(held, async (scope) => {
    const { open } = await openRunSeal(held.assistants.platform, scope)
    const rows = await listApprovalsOfRun(scope.tx, held.run.id)
    return new Map(
      rows.map((row) => [
        row.toolCallId,
        {
          state: row.state,
          arguments:
            row.editedSealed === null
              ? open('assistant_approvals.arguments', row.id, row.argumentsSealed)
              : open('assistant_approvals.edited', row.id, row.editedSealed),
          note: row.noteSealed === null ? null : open('assistant_approvals.note', row.id, row.noteSealed),
        },
      ]),
    )
  })
}

function inRun<T>({ assistants, run }: AskingRun, work: (scope: Scope) => Promise<T>): Promise<T> {
  return withTenant(assistants.platform, systemCaller(run.organizationId, run.id), work)
}
