import ipaddr from 'ipaddr.js'
import type { Authenticated, Authenticator, Credentials } from '../../platform/auth/credentials.ts'
import { type Permission, permissionsOfMachine, permissionsOfRole } from '../../platform/auth/permissions.ts'
import { hashToken, parseApiKey } from '../../platform/crypto/index.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import type { Platform } from '../../platform/platform.ts'
import { isMachineToken, type TokenSigner } from '../identity/index.ts'
import {
  findMemberPermissions,
  findServiceAccountPermissions,
  isOrganizationActive,
} from '../organizations/index.ts'
import { isProjectOpen } from '../projects/index.ts'
import { addressNotAllowed, apiKeyInvalid, keyProjectArchived, keyRateLimited } from './errors.ts'
import { type ApiKeyRow, findApiKeyByHash, findApiKeyById, updateApiKeyUsed } from './store.ts'

/**
 * Machines, by API key or by the short-lived token that was given for one. The database is asked each time, so that a
 * key that is revoked, or whose person has left, counts no more at once and on every node. A mistyped generated key is
 * refused by its checksum, without asking.
 */
export function apiKeyAuthenticator(platform: Platform, signer: TokenSigner): Authenticator {
  async function find(tx: SystemTx, bearer: string): Promise<ApiKeyRow | undefined> {
    if (!bearer.startsWith('ey')) return findApiKeyByHash(tx, hashToken(bearer))
    const { organizationId, apiKeyId } = await signer.verifyMachine(bearer)
    return findApiKeyById(tx, organizationId, apiKeyId)
  }

  return {
    kind: 'token',
    async authenticate(credentials) {
      const { bearer } = credentials
      if (bearer === null) return undefined
      if (bearer.startsWith('ey') ? !isMachineToken(bearer) : !parseApiKey(bearer).valid) {
        if (bearer.startsWith('ey')) return undefined
        throw apiKeyInvalid()
      }
      // Verified outside of the transaction below: the keys are read in one of their own.
      if (bearer.startsWith('ey')) await signer.verifyMachine(bearer)
      const now = platform.clock.now()
      const found = await systemTx(platform, 'authenticate', async (tx) => {
        const row = await find(tx, bearer)
        if (!row || hasEnded(row, now)) return undefined
        const permissions = await permissionsOfKey(tx, row)
        if (!permissions) return undefined
        requireAddress(row, credentials)
        await requireOpenProject(tx, row)
        await updateApiKeyUsed(tx, row, now)
        return { row, permissions }
      })
      if (!found) throw apiKeyInvalid()
      const { row, permissions } = found
      const caller = asMachine(row, bearer.startsWith('ey') ? permissionsOfToken(permissions) : permissions)
      return row.requestsPerMinute === null ? { caller } : { caller, admit: () => requireRate(platform, row) }
    },
  }
}

function hasEnded({ revokedAt, expiresAt }: ApiKeyRow, now: Date): boolean {
  return revokedAt !== null || (expiresAt !== null && expiresAt <= now)
}

/** A key as it is now, for what it asked to be done later. Undefined when it has ended, or the one it belongs to is gone. */
export async function findMachine(
  tx: SystemTx,
  organizationId: string,
  apiKeyId: string,
  now: Date,
): Promise<Authenticated | undefined> {
  const row = await findApiKeyById(tx, organizationId, apiKeyId)
  if (!row || hasEnded(row, now)) return undefined
  const permissions = await permissionsOfKey(tx, row)
  if (!permissions) return undefined
  await requireOpenProject(tx, row)
  return asMachine(row, permissions)
}

/** @throws api_keys.project_archived (403) */
async function requireOpenProject(tx: SystemTx, { organizationId, projectId }: ApiKeyRow): Promise<void> {
  if (projectId !== null && !(await isProjectOpen(tx, organizationId, projectId))) throw keyProjectArchived()
}

/** What a token of a key holds: the key itself is needed to make keys, which would outlive the token. */
export function permissionsOfToken(ofKey: ReadonlySet<Permission>): ReadonlySet<Permission> {
  return new Set([...ofKey].filter((permission) => permission !== 'manage:api_keys'))
}

/** What a key holds now: its scopes, and never more than the one it belongs to. Undefined when they are gone. */
export async function permissionsOfKey(
  tx: SystemTx,
  row: Pick<ApiKeyRow, 'organizationId' | 'userId' | 'serviceAccountId' | 'scopes' | 'createdAt'>,
): Promise<ReadonlySet<Permission> | undefined> {
  const owned = await permissionsOfOwner(tx, row)
  if (!owned) return undefined
  const held = permissionsOfMachine(owned)
  if (row.scopes === null) return held
  const scopes = new Set<string>(row.scopes)
  return new Set([...held].filter((permission) => scopes.has(permission)))
}

async function permissionsOfOwner(
  tx: SystemTx,
  { organizationId, userId, serviceAccountId, createdAt }: Parameters<typeof permissionsOfKey>[1],
): Promise<ReadonlySet<Permission> | undefined> {
  if (serviceAccountId !== null) return findServiceAccountPermissions(tx, organizationId, serviceAccountId)
  if (userId !== null) return findMemberPermissions(tx, organizationId, userId, createdAt)
  // A key of the installation's settings: the organization's own.
  return (await isOrganizationActive(tx, organizationId)) ? permissionsOfRole('admin') : undefined
}

function asMachine(row: ApiKeyRow, permissions: ReadonlySet<Permission>): Authenticated {
  return {
    kind: 'api_key',
    userId: null,
    apiKeyId: row.id,
    serviceAccountId: row.serviceAccountId,
    sessionId: null,
    projectId: row.projectId,
    organizationId: row.organizationId,
    role: null,
    permissions,
  }
}

function requireAddress({ allowedIps }: ApiKeyRow, { ip }: Credentials): void {
  if (allowedIps === null) return
  // An address that is not known is on no list.
  if (ip === null || !ipaddr.isValid(ip)) throw addressNotAllowed()
  const address = ipaddr.process(ip)
  const allowed = allowedIps.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(range)
    return network.kind() === address.kind() && address.match([network, bits])
  })
  if (!allowed) throw addressNotAllowed({ details: { ip } })
}

async function requireRate(platform: Platform, { id, requestsPerMinute }: ApiKeyRow): Promise<void> {
  if (requestsPerMinute === null) return
  const taken = await platform.rateLimiter.take(`api-key:${id}`, {
    limit: requestsPerMinute,
    windowMs: 60_000,
  })
  if (taken.allowed) return
  const retryAfter = String(Math.ceil(taken.retryAfterMs / 1000))
  throw keyRateLimited({
    headers: {
      'retry-after': retryAfter,
      'ratelimit-limit': String(requestsPerMinute),
      'ratelimit-remaining': '0',
      'ratelimit-reset': retryAfter,
    },
    details: { requestsPerMinute },
  })
}
