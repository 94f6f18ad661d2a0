import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import type { PromptChanges } from '../contract.ts'
import { promptNameTaken, promptNotFound } from '../errors.ts'
import { findPromptForUpdate, updatePrompt } from '../store.ts'

const uniqueViolation = '23505'

/**
 * Renames, moves, describes, archives or restores a prompt. Archiving and another name end the calls that say it.
 * @throws prompts.not_found (404), prompts.name_taken (409)
 */
export async function changePrompt(scope: Scope, id: string, changes: PromptChanges): Promise<void> {
  requirePermission(scope.caller, 'manage:prompts')
  const before = await findPromptForUpdate(scope.tx, id)
  if (!before) throw promptNotFound()
  const after = {
    name: changes.name ?? before.name,
    folder: changes.folder ?? before.folder,
    description: changes.description ?? before.description,
    archived: changes.archived ?? before.archivedAt !== null,
  }
  const was = { ...before, archived: before.archivedAt !== null }
  // The keys of `after` are those of `was` that can change.
  const fields = (Object.keys(after) as (keyof typeof after)[]).filter((field) => after[field] !== was[field])
  if (fields.length === 0) return
  // What serves in production does not end by the hand of somebody who could not have put it there.
  if (fields.includes('archived') || fields.includes('name'))
    requirePermission(scope.caller, 'deploy:prompts')
  try {
    await updatePrompt(scope.tx, id, {
      name: after.name,
      folder: after.folder,
      description: after.description,
      archivedAt: after.archived ? (before.archivedAt ?? scope.now) : null,
      updatedAt: scope.now,
    })
  } catch (error) {
    throw sqlState(error) === uniqueViolation ? promptNameTaken({ cause: error }) : error
  }
  await recordAudit(scope, {
    action: 'prompt.change',
    entity: { type: 'prompt', id },
    changes: {
      ...(fields.includes('name') ? {} : { name: before.name }),
      ...Object.fromEntries(fields.map((field) => [field, { from: was[field], to: after[field] }])),
    },
  })
}
