import { deleteConversationsOf } from '../modules/conversations/index.ts'
import { leaveErasedOrganization } from '../modules/identity/index.ts'
import { keepErasedUsage, pseudonymiseUsage } from '../modules/ledger/index.ts'
import { deleteInvitationsTo } from '../modules/organizations/index.ts'
import { forgetPersonInAudit } from '../platform/audit/forget-person.ts'
import type { KeyRing } from '../platform/crypto/index.ts'
import type { SystemTx } from '../platform/db/types.ts'
import { deleteKeysOf } from '../platform/idempotency/index.ts'
import { deleteJobsOf } from '../platform/jobs/delete-jobs.ts'
import { deleteMailsTo } from '../platform/mail/index.ts'

/** What no foreign key takes along when an organization's row goes, in the transaction that removes it. */
export async function eraseTracesOfOrganization(
  tx: SystemTx,
  organizationId: string,
  now: Date,
): Promise<void> {
  await keepErasedUsage(tx, organizationId, now)
  await leaveErasedOrganization(tx, organizationId)
  await deleteKeysOf(tx, organizationId)
  await deleteJobsOf(tx, organizationId)
}

/** What no foreign key takes along when a person's row goes, in the transaction that removes it. */
export async function eraseTracesOfPerson(
  on: { keyRing: KeyRing },
  tx: SystemTx,
  person: { userId: string; email: string },
): Promise<void> {
  await pseudonymiseUsage(on, tx, person.userId)
  // Nobody else could open them.
  await deleteConversationsOf(tx, person.userId)
  await forgetPersonInAudit(tx, person)
  await deleteKeysOf(tx, person.userId)
  await deleteInvitationsTo(tx, person.email)
  await deleteMailsTo(tx, person.email)
}
