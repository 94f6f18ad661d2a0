import { and, eq, isNull } from 'drizzle-orm'
import { recordSystemAudit } from '../../platform/audit/record-audit.ts'
import type { Caller } from '../../platform/context.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { revokeKeysMadeWith } from './keys-made-with.ts'
import type { ApiKeyRow } from './store.ts'
import { apiKeys } from './tables.ts'

/** Revokes every key of a person's own and what was made with one, in all their organizations, whose audit logs say so. */
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
  const record = ({ organizationId, id, name, prefix }: ApiKeyRow, reason: string) =>
    recordSystemAudit(tx, caller, organizationId, now, {
      action: 'api_key.revoke',
      entity: { type: 'api_key', id },
      changes: { name, prefix, reason },
    })
  for (const row of revoked) {
    await record(row, 'account_handed_over')
    for (const made of await revokeKeysMadeWith(tx, row, now)) await record(made, 'maker_revoked')
  }
}
