import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Permission, requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller, Scope } from '../../../platform/context.ts'
import { apiKeyPrefix, generateApiKey, hashToken } from '../../../platform/crypto/index.ts'
import { newId } from '../../../platform/ids.ts'
import { findServiceAccount } from '../../organizations/index.ts'
import { findProject } from '../../projects/index.ts'
import {
  apiKeyInvalid,
  boundedMaker,
  expiryInPast,
  keyProjectNotFound,
  projectOfMaker,
  scopeNotHeld,
  serviceAccountNotFound,
} from '../errors.ts'
import { requireRoomForKey } from '../require-room-for-key.ts'
import { type ApiKeyRow, findApiKeyRowForShare, insertApiKey } from '../store.ts'

export interface CreatedApiKey {
  id: string
  key: string
}

export interface NewApiKey {
  name: string
  expiresAt: Date | null
  serviceAccountId?: string | undefined
  scopes?: readonly Permission[] | undefined
  allowedIps?: readonly string[] | undefined
  requestsPerMinute?: number | undefined
  projectId?: string | undefined
}

/**
 * Makes a key. Its text is in the result and nowhere else: the database keeps a hash. Nobody makes a key that may do more
 * than they may themselves, and what a key makes ends with it. @throws expiry_in_past (422), scope_not_held, bounded_maker (403),
 * project_of_maker (403), service_account_not_found, project_not_found (404), limit_reached (409)
 */
export async function createApiKey(scope: Scope, input: NewApiKey): Promise<CreatedApiKey> {
  requirePermission(scope.caller, 'manage:api_keys')
  if (input.expiresAt && input.expiresAt <= scope.now) throw expiryInPast()
  const parent = await parentOf(scope)
  const owner = await ownerOf(scope, parent, input.serviceAccountId)
  const projectId = await projectOf(scope, input.projectId)
  await requireRoomForKey(scope)
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
    ...owner,
    scopes: scopesFor(scope.caller, owner, input.scopes),
    allowedIps: input.allowedIps ? [...input.allowedIps] : null,
    requestsPerMinute: input.requestsPerMinute ?? null,
    madeWith: parent?.id ?? null,
    projectId,
  }
  await insertApiKey(scope.tx, row)
  const { name, prefix, scopes, allowedIps, requestsPerMinute, userId, serviceAccountId } = row
  await recordAudit(scope, {
    action: 'api_key.create',
    entity: { type: 'api_key', id: row.id },
    changes: {
      name,
      prefix,
      scopes,
      allowedIps,
      requestsPerMinute,
      userId,
      serviceAccountId,
      madeWith: row.madeWith,
      projectId,
      expiresAt: row.expiresAt?.toISOString() ?? null,
    },
  })
  return { id: row.id, key }
}

interface Owner {
  userId: string | null
  serviceAccountId: string | null
}

/** A person's key is theirs; a machine's belongs to whom that machine belongs. */
async function ownerOf(
  { tx, caller }: Scope,
  parent: ApiKeyRow | undefined,
  serviceAccountId: string | undefined,
): Promise<Owner> {
  if (serviceAccountId !== undefined) {
    if (!(await findServiceAccount(tx, serviceAccountId))) throw serviceAccountNotFound()
    return { userId: null, serviceAccountId }
  }
  if (!parent) return { userId: caller.userId, serviceAccountId: null }
  return { userId: parent.userId, serviceAccountId: parent.serviceAccountId }
}

/**
 * What a key of a project makes is of that project, so that nothing it spends is counted elsewhere.
 * @throws api_keys.project_not_found (404), api_keys.project_of_maker (403)
 */
export async function projectOf(
  { tx, caller }: Scope,
  asked: string | null | undefined,
): Promise<string | null> {
  const bound = caller.apiKeyId === null ? null : caller.projectId
  if (bound !== null && asked !== undefined && asked !== bound) throw projectOfMaker()
  const projectId = asked ?? bound
  if (projectId === null) return null
  const project = await findProject(tx, projectId)
  if (!project || project.archivedAt) throw keyProjectNotFound()
  return projectId
}

/** The key that asks, if one does. @throws bounded_maker (403), invalid_api_key (401) if it was revoked meanwhile */
async function parentOf({ tx, caller }: Scope): Promise<ApiKeyRow | undefined> {
  if (caller.apiKeyId === null) return undefined
  const parent = await findApiKeyRowForShare(tx, caller.apiKeyId)
  if (!parent || parent.revokedAt) throw apiKeyInvalid()
  if (parent.expiresAt || parent.allowedIps || parent.requestsPerMinute !== null) throw boundedMaker()
  return parent
}

/**
 * A person's own key needs no list: what they lose later, it loses too. Any other key is bounded by a list when its
 * maker could not give everything that its owner may do. @throws scope_not_held (403)
 */
export function scopesFor(
  caller: Caller,
  owner: Owner,
  asked: readonly string[] | undefined,
): string[] | null {
  const held = new Set<string>(caller.permissions)
  const missing = asked?.filter((permission) => !held.has(permission)) ?? []
  if (missing.length > 0) {
    throw scopeNotHeld({
      message: `A key cannot hold ${missing.join(', ')}, because you do not.`,
      details: { permissions: missing },
    })
  }
  if (asked) return [...new Set(asked)]
  const ownsIt = caller.kind === 'user' && owner.userId === caller.userId
  return ownsIt ? null : [...caller.permissions]
}
