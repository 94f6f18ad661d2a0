import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { apiKeyNotFound } from '../errors.ts'
import { revokeKeysMadeWith } from '../keys-made-with.ts'
import { updateApiKeyRevoked } from '../store.ts'

/**
 * Revokes a key for good, and every key that was made with it; doing it twice is the same.
 * @throws api_keys.not_found (404)
 */
export async function revokeApiKey(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:api_keys')
  const row = await updateApiKeyRevoked(scope.tx, id, scope.now)
  if (!row) throw apiKeyNotFound()
  await recordAudit(scope, {
    action: 'api_key.revoke',
    entity: { type: 'api_key', id },
    changes: { name: row.name, prefix: row.prefix },
  })
  for (const made of await revokeKeysMadeWith(scope.tx, row, scope.now))
    await recordAudit(scope, {
      action: 'api_key.revoke',
      entity: { type: 'api_key', id: made.id },
      changes: { name: made.name, prefix: made.prefix, reason: 'maker_revoked', revokedKeyId: id },
    })
}
