import { recordAudit } from '../../../platform/audit/record-audit.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { findMemberForUpdate, insertMembership } from '../../organizations/index.ts'
import {
  type ConnectionRow,
  deleteIdentity,
  findIdentity,
  findOtherIdentity,
  insertIdentity,
  updateIdentityUsed,
} from '../connection-store.ts'
import { findScimUserOfPerson } from '../scim-user-store.ts'

/**
 * Makes somebody whom the identity provider vouches for a member, if they are not one, and remembers which subject
 * they are. Two refusals: whom provisioning has deactivated does not come back by signing in; and an address that was
 * given to a second subject does not bring the first one's account along while they are a member.
 */
export async function joinOrganization(
  scope: Scope,
  connection: ConnectionRow,
  { userId, subject }: { userId: string; subject: string },
): Promise<'member' | 'deactivated' | 'subject_changed'> {
  const { tx, organizationId, now } = scope
  const { member } = await findMemberForUpdate(tx, userId)
  if (!member && (await findScimUserOfPerson(tx, userId))) return 'deactivated'
  const known = await findIdentity(tx, connection.id, subject)
  if (known) await updateIdentityUsed(tx, known.id, now)
  else {
    const other = await findOtherIdentity(tx, connection.id, userId, subject)
    if (other && member) return 'subject_changed'
    if (other) await deleteIdentity(tx, other.id)
    await insertIdentity(tx, {
      organizationId,
      id: newId(),
      connectionId: connection.id,
      subject,
      userId,
      createdAt: now,
      lastUsedAt: now,
    })
  }
  if (member) return 'member'
  const role = connection.defaultRole
  const added = await insertMembership(tx, { organizationId, userId, role, joinedAt: now })
  if (added)
    await recordAudit(scope, {
      action: 'member.join_by_sso',
      entity: { type: 'member', id: userId },
      changes: { role, connectionId: connection.id },
    })
  return 'member'
}
