import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { apiKeyPrefix, generateApiKey, hashToken } from '../../../platform/crypto/index.ts'
import { newId } from '../../../platform/ids.ts'
import { apiKeyInvalid, apiKeyNotFound, keyNotUsable, notItsOwn } from '../errors.ts'
import { expireKeysMadeWith, isMadeWith } from '../keys-made-with.ts'
import { requireRoomForKey } from '../require-room-for-key.ts'
import { findApiKeyRowForShare, findApiKeyRowForUpdate, insertApiKey, updateApiKeyRotated } from '../store.ts'
import { type CreatedApiKey, scopesFor } from './create-api-key.ts'

/**
 * Replaces a key by a new one of the same owner and limits; the old one, and what was made with it, works
 * `overlapSeconds` more, so that what uses it can be changed meanwhile.
 * @throws api_keys.not_found (404), not_usable (409), scope_not_held, not_its_own (403)
 */
export async function rotateApiKey(scope: Scope, id: string, overlapSeconds: number): Promise<CreatedApiKey> {
  requirePermission(scope.caller, 'manage:api_keys')
  const asks = scope.caller.apiKeyId
  if (asks !== null && asks !== id) {
    const maker = await findApiKeyRowForShare(scope.tx, asks)
    if (!maker || maker.revokedAt) throw apiKeyInvalid()
  }
  const old = await findApiKeyRowForUpdate(scope.tx, id)
  if (!old) throw apiKeyNotFound()
  // Whoever rotates sees the new key: one of somebody else's would outlive the key that asks, and its bounds.
  if (asks !== null && asks !== id && !(await isMadeWith(scope.tx, old, asks))) throw notItsOwn()
  const over =
    old.revokedAt !== null || old.rotatedTo !== null || (old.expiresAt && old.expiresAt <= scope.now)
  if (over) throw keyNotUsable()
  await requireRoomForKey(scope)
  const key = generateApiKey()
  const { keyHash: _hash, prefix: _prefix, ...kept } = old
  const made = {
    ...kept,
    // Whoever rotates sees the new key, so it must not hold more than they do.
    scopes: scopesFor(scope.caller, old, old.scopes ?? undefined),
    id: newId(),
    prefix: apiKeyPrefix(key),
    keyHash: hashToken(key),
    createdBy: scope.caller.userId,
    createdAt: scope.now,
    lastUsedAt: null,
    madeWith: asks === id ? id : old.madeWith,
  }
  await insertApiKey(scope.tx, made)
  const endsAt = new Date(scope.now.getTime() + overlapSeconds * 1000)
  const expiresAt = old.expiresAt && old.expiresAt < endsAt ? old.expiresAt : endsAt
  await updateApiKeyRotated(scope.tx, id, { rotatedTo: made.id, expiresAt })
  const ending = await expireKeysMadeWith(scope.tx, old, { rotatedTo: made.id, expiresAt })
  await recordAudit(scope, {
    action: 'api_key.rotate',
    entity: { type: 'api_key', id },
    changes: {
      name: old.name,
      rotatedTo: made.id,
      expiresAt: expiresAt.toISOString(),
      keysEndingWithIt: ending,
    },
  })
  return { id: made.id, key }
}
