import type { ApprovalRow, ListedApproval } from './approval-store.ts'
import type { VersionedAssistant } from './assistant-store.ts'
import type { RunRow, StepRow } from './run-store.ts'
import type { RunSeal } from './sealed-runs.ts'

export function presentAssistant({ row, definition }: VersionedAssistant) {
  return {
    id: row.id,
    name: row.name,
    ...definition,
    version: row.latestVersion,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export function presentRun(row: RunRow, seal: RunSeal) {
  return {
    id: row.id,
    assistantId: row.assistantId,
    assistantVersion: row.assistantVersion,
    graph: row.graph,
    graphVersion: row.graphVersion,
    model: row.model,
    userId: row.userId,
    state: row.state,
    input: seal.open('assistant_runs.input', row.id, row.inputSealed),
    output: row.outputSealed === null ? null : seal.open('assistant_runs.output', row.id, row.outputSealed),
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
    modelCalls: row.modelCalls,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    costNanos: row.costNanos.toString(),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}

export function presentStep(row: StepRow, seal: RunSeal) {
  const rowId = `${row.runId}:${row.key}`
  return {
    ordinal: row.ordinal,
    kind: row.kind,
    name: row.name,
    state: row.state,
    requestId: row.requestId,
    input: seal.open('assistant_run_steps.input', rowId, row.inputSealed),
    output:
      row.outputSealed === null ? null : seal.open('assistant_run_steps.output', rowId, row.outputSealed),
    errorCode: row.errorCode,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    costNanos: row.costNanos.toString(),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}

export function presentApproval(
  { approval, userId, assistantId, assistantName }: ListedApproval,
  seal: RunSeal,
) {
  return { ...presentDecision(approval, seal), assistantId, assistantName, requestedBy: userId }
}

function presentDecision(row: ApprovalRow, seal: RunSeal) {
  return {
    id: row.id,
    runId: row.runId,
    tool: row.tool,
    permission: row.permission,
    arguments: seal.open('assistant_approvals.arguments', row.id, row.argumentsSealed),
    editedArguments:
      row.editedSealed === null ? null : seal.open('assistant_approvals.edited', row.id, row.editedSealed),
    state: row.state,
    note: row.noteSealed === null ? null : seal.open('assistant_approvals.note', row.id, row.noteSealed),
    decidedBy: row.decidedBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  }
}
