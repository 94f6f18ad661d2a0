import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { requireRoom } from '../../../platform/db/require-room.ts'
import { newId } from '../../../platform/ids.ts'
import { hasSubjects } from '../../budgets/index.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { limitExists, limitSubjectNotFound } from '../errors.ts'
import { recordSaved } from '../record-saved.ts'
import { type LimitedParts, type LimitTerms, requireTerms } from '../rules/limit-terms.ts'
import { countLimits, hasLimitAbout, insertLimit, type NamedLimitRow } from '../store.ts'

const most = {
  name: 'limits',
  most: 200,
  message: 'An organization has at most 200 limits. Delete one that is not needed first.',
}

/** @throws limits.subject_not_found (404), limits.exists (409), limits.limits_nothing (400), limit_reached (409) */
export async function createLimit(
  scope: Scope,
  about: LimitedParts,
  terms: LimitTerms,
): Promise<NamedLimitRow> {
  const { tx, organizationId, now } = scope
  requirePermission(scope.caller, 'manage:budgets')
  requireTerms(terms)
  await lockOrganization(tx)
  await requireRoom(tx, most, organizationId, () => countLimits(tx))
  if (!(await hasSubjects(tx, { ...about, projectId: null }))) throw limitSubjectNotFound()
  if (await hasLimitAbout(tx, about)) throw limitExists()
  const id = newId()
  await insertLimit(tx, { organizationId, id, ...about, ...terms, createdAt: now, updatedAt: now })
  return recordSaved(scope, id, undefined)
}
