import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { apiKeyPrefix, generateApiKey, hashToken } from '../../../platform/crypto/index.ts'
import { newId } from '../../../platform/ids.ts'
import { expiryInPast } from '../errors.ts'
import { insertApiKey } from '../store.ts'

export interface CreatedApiKey {
  id: string
  key: string
}

/** Makes a key. Its text is in the result and nowhere else: the database keeps a hash. */
export async function createApiKey(
  scope: Scope,
  input: { name: string; expiresAt: Date | null },
): Promise<CreatedApiKey> {
  requirePermission(scope.caller, 'manage:api_keys')
  if (input.expiresAt && input.expiresAt <= scope.now) throw expiryInPast()
  const key = generateApiKey()
  const row = {
    organizationId: scope.organizationId,
    id: newId(),
    name: input.name,
    prefix: apiKeyPrefix(key),
    keyHash: hashToken(key),
    createdBy: scope.caller.userId,
    createdAt: scope.now,
    expiresAt: input.expiresAt,
  }
  await insertApiKey(scope.tx, row)
  await recordAudit(scope, {
    action: 'api_key.create',
    entity: { type: 'api_key', id: row.id },
    changes: { name: row.name, prefix: row.prefix, expiresAt: row.expiresAt?.toISOString() ?? null },
  })
  return { id: row.id, key }
}
