import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { validationFailed } from '../../../platform/errors.ts'
import { newId } from '../../../platform/ids.ts'
import type { NewVersion } from '../contract.ts'
import { promptArchived, promptNotFound } from '../errors.ts'
import { requireRoomForVersions } from '../limits.ts'
import { checkVersion } from '../rules/check-version.ts'
import { findPromptForUpdate, insertVersions, updatePrompt, type VersionRow } from '../store.ts'

/**
 * Adds a version under the next number. Those who add at once wait for each other on the prompt's row.
 * @throws prompts.not_found (404), prompts.archived (409), limit_reached (409), validation_failed (400)
 */
export async function addVersion(scope: Scope, promptId: string, version: NewVersion): Promise<VersionRow> {
  requirePermission(scope.caller, 'manage:prompts')
  const prompt = await findPromptForUpdate(scope.tx, promptId)
  if (!prompt) throw promptNotFound()
  if (prompt.archivedAt !== null) throw promptArchived()
  const [row] = await insertNextVersions(scope, prompt, [version])
  if (!row) throw new Error('A version was added and is not there.')
  const { number, note } = row
  const changes = { name: prompt.name, version: number, note }
  await recordAudit(scope, {
    action: 'prompt.add_version',
    entity: { type: 'prompt', id: promptId },
    changes,
  })
  return row
}

/**
 * Versions after the newest of a prompt whose row is locked, or that nobody else sees yet.
 * @param at the place of the versions in the request, for what is said about them
 */
export async function insertNextVersions(
  scope: Scope,
  prompt: { id: string; latestVersion: number },
  versions: readonly NewVersion[],
  at = '',
): Promise<VersionRow[]> {
  requireRoomForVersions(prompt.latestVersion, versions.length)
  const rows = versions.map((version, place) => ({
    organizationId: scope.organizationId,
    promptId: prompt.id,
    number: prompt.latestVersion + 1 + place,
    id: newId(),
    messages: version.messages,
    variables: requireSound(version, versions.length > 1 ? `${at}${place}.` : at),
    model: version.model,
    parameters: version.parameters,
    note: version.note,
    createdBy: scope.caller.userId,
    createdAt: scope.now,
  }))
  await insertVersions(scope.tx, rows)
  const latestVersion = prompt.latestVersion + versions.length
  await updatePrompt(scope.tx, prompt.id, { latestVersion, updatedAt: scope.now })
  return rows
}

function requireSound(version: NewVersion, at: string) {
  const { problems, variables } = checkVersion(version)
  const first = problems[0]
  if (!first) return variables
  throw validationFailed({
    message: `The request is not valid: body field "${at}${first.field}": ${first.message}.`,
    details: {
      problems: problems.map(({ field, message }) => ({ in: 'body', field: `${at}${field}`, message })),
    },
  })
}
