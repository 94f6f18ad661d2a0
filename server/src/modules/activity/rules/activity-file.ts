import { csvLine } from '../../../platform/csv.ts'

/** An entry of the audit log as the API shows it. */
export interface PresentedEntry {
  id: string
  action: string
  actor: { kind: string; id: string | null; name: string | null }
  entity: { type: string; id: string }
  changes: Record<string, unknown>
  ip: string | null
  userAgent: string | null
  requestId: string
  createdAt: string
}

const columns: readonly [string, (entry: PresentedEntry) => string | null][] = [
  ['createdAt', (entry) => entry.createdAt],
  ['action', (entry) => entry.action],
  ['actorKind', (entry) => entry.actor.kind],
  ['actorId', (entry) => entry.actor.id],
  ['actorName', (entry) => entry.actor.name],
  ['entityType', (entry) => entry.entity.type],
  ['entityId', (entry) => entry.entity.id],
  ['changes', (entry) => JSON.stringify(entry.changes)],
  ['ip', (entry) => entry.ip],
  ['userAgent', (entry) => entry.userAgent],
  ['requestId', (entry) => entry.requestId],
  ['id', (entry) => entry.id],
]

export const csvHeader = csvLine(columns.map(([name]) => name))

/** One line of CSV (RFC 4180). */
export function toCsvLine(entry: PresentedEntry): string {
  return csvLine(columns.map(([, read]) => read(entry)))
}

/** One line of JSON Lines. */
export function toJsonLine(entry: PresentedEntry): string {
  return `${JSON.stringify(entry)}\n`
}
