import type { ListedApiKey } from './store.ts'

/** A key without what opens anything. */
export function presentApiKey(row: ListedApiKey) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    owner: row.owner,
    scopes: row.scopes,
    allowedIps: row.allowedIps,
    requestsPerMinute: row.requestsPerMinute,
    rotatedTo: row.rotatedTo,
    madeWith: row.madeWith,
    project: row.project,
  }
}
