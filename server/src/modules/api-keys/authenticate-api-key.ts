import type { Authenticator } from '../../platform/auth/credentials.ts'
import { permissionsOfApiKey } from '../../platform/auth/permissions.ts'
import { hashToken, parseApiKey } from '../../platform/crypto/index.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import { apiKeyInvalid } from './errors.ts'
import { findApiKeyByHash, updateApiKeyUsed } from './store.ts'

/** Machines, by API key. A mistyped generated key is refused by its checksum, without asking the database. */
export function apiKeyAuthenticator(platform: Platform): Authenticator {
  const permissions = permissionsOfApiKey()
  return {
    kind: 'token',
    async authenticate({ bearer }) {
      if (bearer === null || bearer.startsWith('ey')) return undefined
      if (!parseApiKey(bearer).valid) throw apiKeyInvalid()
      const now = platform.clock.now()
      const row = await systemTx(platform, 'authenticate', async (tx) => {
        const found = await findApiKeyByHash(tx, hashToken(bearer))
        if (!found || found.revokedAt || (found.expiresAt && found.expiresAt <= now)) return undefined
        await updateApiKeyUsed(tx, found, now)
        return found
      })
      if (!row) throw apiKeyInvalid()
      return {
        kind: 'api_key',
        userId: null,
        apiKeyId: row.id,
        sessionId: null,
        organizationId: row.organizationId,
        role: null,
        permissions,
      }
    },
  }
}
