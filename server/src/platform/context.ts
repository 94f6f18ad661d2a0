import type { Permission, Role } from './auth/permissions.ts'
import type { TenantTx } from './db/types.ts'

/**
 * Who asks, with no transaction open. What reaches the network takes a `Caller`; what writes takes a `Scope`;
 * nothing takes both, so no transaction ever waits for the outside.
 */
export interface Caller {
  readonly kind: 'user' | 'api_key' | 'system'
  readonly userId: string | null
  readonly apiKeyId: string | null
  /** The service account whose key it is. */
  readonly serviceAccountId: string | null
  readonly sessionId: string | null
  /** The project that what they spend is counted for: their key's, or the one that a call names. */
  readonly projectId: string | null
  /** The tenant the caller acts in; null for a person who belongs to none. */
  readonly organizationId: string | null
  readonly role: Role | null
  readonly permissions: ReadonlySet<Permission>
  readonly requestId: string
  readonly ip: string | null
  readonly userAgent: string | null
}

/** Who asks, inside one tenant transaction. */
export interface Scope {
  readonly tx: TenantTx
  readonly caller: Caller
  readonly organizationId: string
  readonly now: Date
}

/** The caller of background work done for an organization: it holds exactly the permissions it is given. */
export function systemCaller(
  organizationId: string,
  requestId: string,
  userId: string | null = null,
  permissions: readonly Permission[] = [],
): Caller {
  return {
    kind: 'system',
    userId,
    apiKeyId: null,
    serviceAccountId: null,
    sessionId: null,
    projectId: null,
    organizationId,
    role: null,
    permissions: new Set(permissions),
    requestId,
    ip: null,
    userAgent: null,
  }
}
