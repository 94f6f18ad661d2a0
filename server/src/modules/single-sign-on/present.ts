import type { ConnectionRow } from './connection-store.ts'
import type { DomainRow } from './domain-store.ts'

/** What shows that a domain is the organization's. */
export function recordOf({ domain, token }: Pick<DomainRow, 'domain' | 'token'>) {
  return { type: 'TXT' as const, name: domain, value: `freehold-verification=${token}` }
}

export function presentDomain(row: DomainRow) {
  const { id, domain, verifiedAt, createdAt } = row
  return {
    id,
    domain,
    verifiedAt: verifiedAt?.toISOString() ?? null,
    record: recordOf(row),
    createdAt: createdAt.toISOString(),
  }
}

export const callbackPath = '/api/v1/auth/sso/callback'

export function presentConnection(row: ConnectionRow, publicUrl: string) {
  const { id, issuer, clientId, defaultRole, required, enabled } = row
  return {
    id,
    issuer,
    clientId,
    hasClientSecret: true,
    defaultRole,
    required,
    enabled,
    redirectUri: redirectUriOf(publicUrl),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export function redirectUriOf(publicUrl: string): string {
  return `${publicUrl.replace(/\/$/, '')}${callbackPath}`
}
