import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import type { ProjectChanges } from '../contract.ts'
import { projectNotFound, projectSlugTaken } from '../errors.ts'
import { findProjectForUpdate, updateProject } from '../store.ts'

const uniqueViolation = '23505'

/**
 * Renames, describes, archives or restores a project. Archiving and another slug end the calls that say it.
 * @throws projects.project_not_found (404), projects.slug_taken (409)
 */
export async function changeProject(
  scope: Scope,
  id: string,
  changes: ProjectChanges & { archived?: boolean },
): Promise<void> {
  requirePermission(scope.caller, 'manage:projects')
  const before = await findProjectForUpdate(scope.tx, id)
  if (!before) throw projectNotFound()
  const was = {
    name: before.name,
    slug: before.slug,
    description: before.description,
    archived: before.archivedAt !== null,
  }
  const after = {
    name: changes.name ?? was.name,
    slug: changes.slug ?? was.slug,
    description: changes.description ?? was.description,
    archived: changes.archived ?? was.archived,
  }
  // The keys of `after` are those of `was`.
  const fields = (Object.keys(after) as (keyof typeof after)[]).filter((field) => after[field] !== was[field])
  if (fields.length === 0) return
  const { archived, ...rest } = after
  const archivedAt = archived ? (before.archivedAt ?? scope.now) : null
  try {
    await updateProject(scope.tx, id, { ...rest, archivedAt, updatedAt: scope.now })
  } catch (error) {
    throw sqlState(error) === uniqueViolation ? projectSlugTaken({ cause: error }) : error
  }
  await recordAudit(scope, {
    action: 'project.change',
    entity: { type: 'project', id },
    changes: Object.fromEntries(fields.map((field) => [field, { from: was[field], to: after[field] }])),
  })
}
