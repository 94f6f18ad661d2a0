import type { Measure } from './rules/limit-terms.ts'
import type { NamedLimitRow } from './store.ts'

/** A limit as the API shows it. */
export function presentLimit(row: NamedLimitRow, used: Record<Measure, number | null>) {
  const { about } = row
  return {
    id: row.id,
    about: {
      member: named(about.userId, row.memberName),
      apiKey: named(about.apiKeyId, row.apiKeyName),
      serviceAccount: named(about.serviceAccountId, row.serviceAccountName),
      model: about.model,
      tag: about.tag,
    },
    ...row.terms,
    used: { requests: used.requests, tokens: used.tokens, calls: used.concurrent },
    createdAt: row.createdAt.toISOString(),
  }
}

function named(id: string | null, name: string | null) {
  return id === null ? null : { id, name: name ?? '' }
}
