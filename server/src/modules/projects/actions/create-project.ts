import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { newId } from '../../../platform/ids.ts'
import type { NewProject } from '../contract.ts'
import { projectSlugTaken } from '../errors.ts'
import { slugOf } from '../rules/slug-of.ts'
import { countProjects, insertProject } from '../store.ts'

const projectLimit: CountLimit = {
  name: 'projects',
  most: 500,
  message: 'An organization has at most 500 projects, with those that are archived.',
}

/** @returns its id @throws projects.slug_taken (409), limit_reached (409) */
export async function createProject(scope: Scope, project: NewProject): Promise<string> {
  const { tx, organizationId, now } = scope
  requirePermission(scope.caller, 'manage:projects')
  await requireRoom(tx, projectLimit, organizationId, () => countProjects(tx))
  const id = newId()
  const { name, description } = project
  // Of a name in other letters nothing may be left.
  const slug = project.slug ?? slugOf(name) ?? `project-${id.slice(-8)}`
  const row = {
    organizationId,
    id,
    name,
    slug,
    description,
    createdBy: scope.caller.userId,
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
  }
  if (!(await insertProject(tx, row)))
    throw projectSlugTaken({ message: `There is a project '${slug}' already. Choose another slug.` })
  await recordAudit(scope, {
    action: 'project.create',
    entity: { type: 'project', id },
    changes: { name, slug },
  })
  return id
}
