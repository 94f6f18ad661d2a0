import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import type { NewPrompt, NewVersion } from '../contract.ts'
import { promptNameTaken } from '../errors.ts'
import { requireRoomForPrompt } from '../limits.ts'
import { insertPrompt } from '../store.ts'
import { insertNextVersions } from './add-version.ts'
import { setLabel } from './set-label.ts'

/** Makes a prompt with its first version. @returns its id @throws prompts.name_taken, limit_reached (409) */
export async function createPrompt(scope: Scope, prompt: NewPrompt): Promise<string> {
  const { version, labels, ...about } = prompt
  const id = await createPromptOf(scope, about, [version], 'version.')
  for (const label of new Set(labels)) await setLabel(scope, id, label, { version: 1, canary: null })
  return id
}

/** As `createPrompt`, with several versions and no label. @param at where the versions stand in the request */
export async function createPromptOf(
  scope: Scope,
  about: Pick<NewPrompt, 'name' | 'folder' | 'description'>,
  versions: readonly NewVersion[],
  at: string,
): Promise<string> {
  requirePermission(scope.caller, 'manage:prompts')
  await requireRoomForPrompt(scope)
  const { organizationId, now } = scope
  const { name, folder, description } = about
  const id = newId()
  const inserted = await insertPrompt(scope.tx, {
    organizationId,
    id,
    name,
    folder,
    description,
    latestVersion: 0,
    createdBy: scope.caller.userId,
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
  })
  if (!inserted)
    throw promptNameTaken({ message: `There is a prompt named '${name}' already. Choose another name.` })
  await insertNextVersions(scope, { id, latestVersion: 0 }, versions, at)
  const changes = { name, ...(folder === '' ? {} : { folder }) }
  await recordAudit(scope, { action: 'prompt.create', entity: { type: 'prompt', id }, changes })
  return id
}
