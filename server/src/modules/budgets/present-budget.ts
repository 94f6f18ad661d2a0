import { formatUsd } from '../../platform/money.ts'
import type { BudgetRow } from './store.ts'

/** A budget as the API shows it. */
export function presentBudget(row: BudgetRow) {
  const { about } = row
  const left = row.limitNanos - row.settledNanos - row.heldNanos
  const remainingNanos = left < 0n ? 0n : left
  return {
    id: row.id,
    scope: Object.values(about).every((part) => part === null) ? 'organization' : 'part',
    about: {
      member: named(about.userId, row.memberName),
      apiKey: named(about.apiKeyId, row.apiKeyName),
      serviceAccount: named(about.serviceAccountId, row.serviceAccountName),
      project: named(about.projectId, row.projectName),
      model: about.model,
      tag: about.tag,
    },
    limitNanos: row.limitNanos.toString(),
    limitUsd: formatUsd(row.limitNanos),
    settledNanos: row.settledNanos.toString(),
    heldNanos: row.heldNanos.toString(),
    remainingNanos: remainingNanos.toString(),
    remainingUsd: formatUsd(remainingNanos),
    window: row.window,
    timeZone: row.timeZone,
    hard: row.hard,
    thresholds: row.thresholds,
    windowStartedAt: (row.window === 'lifetime' ? row.createdAt : row.windowStart).toISOString(),
    resetsAt: row.windowEnd?.toISOString() ?? null,
  }
}

function named(id: string | null, name: string | null) {
  return id === null ? null : { id, name: name ?? '' }
}

/** `the organization`, or `member Ada Lovelace, model openai/gpt-4o-mini`. */
export function describeAbout({ about, ...row }: BudgetRow): string {
  if (row.credits) return 'prepaid credits'
  const parts = [
    about.userId === null ? null : `member ${row.memberName}`,
    about.apiKeyId === null ? null : `API key ${row.apiKeyName}`,
    about.serviceAccountId === null ? null : `service account ${row.serviceAccountName}`,
    about.projectId === null ? null : `project ${row.projectName}`,
    about.model === null ? null : `model ${about.model}`,
    about.tag === null ? null : `tag ${about.tag}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'the organization' : parts.join(', ')
}
