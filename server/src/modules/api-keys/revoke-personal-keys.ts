import { and, eq, isNull } from 'drizzle-orm'
import { recordSystemAudit } from '../../platform/audit/record-audit.ts'
import type { Caller } from '../../platform/context.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { apiKeys } from './tables.ts'

/** Revokes every key of a person's own, in all their organizations, whose audit logs say so. */
export async function revokePersonalKeys(
  tx: SystemTx,
  caller: Caller,
  userId: string,
  now: Date,
): Promise<void> {
  const revoked = await tx
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt)))
    .returning()
  for (const { organizationId, id, name, prefix } of revoked)
    await recordSystemAudit(tx, caller, organizationId, now, {
      action: 'api_key.revoke',
      entity: { type: 'api_key', id },
      changes: { name, prefix, reason: 'account_handed_over' },
    })
}
