import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import type { LabelMove } from '../contract.ts'
import {
  promptArchived,
  promptLabelMoved,
  promptLabelNotFound,
  promptNotFound,
  promptVersionNotFound,
} from '../errors.ts'
import {
  countLabels,
  deleteLabel,
  findLabel,
  insertLabelMove,
  insertOrUpdateLabel,
  type LabelRow,
} from '../label-store.ts'
import { requireRoomForLabel } from '../limits.ts'
import { defaultLabel } from '../rules/choose-version.ts'
import { findPromptForUpdate } from '../store.ts'

/** What serves as `production` is decided by fewer people than write prompts. @throws forbidden (403) */
export function requireLabelPermission({ caller }: Scope, label: string): void {
  requirePermission(caller, label === defaultLabel ? 'deploy:prompts' : 'manage:prompts')
}

/**
 * Points a label at a version, with or without a canary. Moves wait for each other on the prompt's row, so the history
 * is a chain: each begins where the one before ended.
 * @throws prompts.not_found, prompts.version_not_found (404), prompts.archived, prompts.label_moved, limit_reached (409)
 */
export async function setLabel(
  scope: Scope,
  promptId: string,
  label: string,
  move: LabelMove,
): Promise<LabelRow> {
  requireLabelPermission(scope, label)
  const prompt = await findPromptForUpdate(scope.tx, promptId)
  if (!prompt) throw promptNotFound()
  if (prompt.archivedAt !== null) throw promptArchived()
  for (const number of [move.version, move.canary?.version ?? move.version]) {
    if (number > prompt.latestVersion)
      throw promptVersionNotFound({
        message: `The prompt has no version ${number}; the newest is ${prompt.latestVersion}.`,
      })
  }
  const before = await findLabel(scope.tx, promptId, label)
  requireExpected(before, move.expectedVersion)
  if (!before) requireRoomForLabel(await countLabels(scope.tx, promptId))
  // A canary of the version itself tries nothing.
  const canary = move.canary?.version === move.version ? null : move.canary
  const row: LabelRow = {
    organizationId: scope.organizationId,
    promptId,
    label,
    version: move.version,
    canaryVersion: canary?.version ?? null,
    canaryPercent: canary?.percent ?? null,
    updatedAt: scope.now,
  }
  if (before && isSame(before, row)) return before
  await insertOrUpdateLabel(scope.tx, row)
  await recordMove(scope, prompt, label, before, row)
  return row
}

/** Takes a label off. @throws prompts.not_found, prompts.label_not_found (404) */
export async function removeLabel(scope: Scope, promptId: string, label: string): Promise<void> {
  requireLabelPermission(scope, label)
  const prompt = await findPromptForUpdate(scope.tx, promptId)
  if (!prompt) throw promptNotFound()
  const before = await findLabel(scope.tx, promptId, label)
  if (!before) throw promptLabelNotFound()
  await deleteLabel(scope.tx, promptId, label)
  await recordMove(scope, prompt, label, before, undefined)
}

function requireExpected(before: LabelRow | undefined, expected: number | null | undefined): void {
  const version = before?.version ?? null
  if (expected === undefined || expected === version) return
  const where = version === null ? 'on no version' : `on version ${version}`
  throw promptLabelMoved({
    message: `Somebody has moved the label meanwhile: it stands ${where} now.`,
    details: { version },
  })
}

function isSame(one: LabelRow, other: LabelRow): boolean {
  return (
    one.version === other.version &&
    one.canaryVersion === other.canaryVersion &&
    one.canaryPercent === other.canaryPercent
  )
}

async function recordMove(
  scope: Scope,
  prompt: { id: string; name: string },
  label: string,
  before: LabelRow | undefined,
  after: LabelRow | undefined,
): Promise<void> {
  const [fromVersion, toVersion] = [before?.version ?? null, after?.version ?? null]
  const canaryVersion = after?.canaryVersion ?? null
  const canaryPercent = after?.canaryPercent ?? null
  await insertLabelMove(scope.tx, {
    organizationId: scope.organizationId,
    id: newId(),
    promptId: prompt.id,
    label,
    fromVersion,
    toVersion,
    canaryVersion,
    canaryPercent,
    movedBy: scope.caller.userId,
    movedAt: scope.now,
  })
  await recordAudit(scope, {
    action: after ? 'prompt.set_label' : 'prompt.remove_label',
    entity: { type: 'prompt', id: prompt.id },
    changes: {
      name: prompt.name,
      label,
      version: { from: fromVersion, to: toVersion },
      ...(canaryVersion === null ? {} : { canaryVersion, canaryPercent }),
    },
  })
}
