import type { Nanos } from '../../platform/money.ts'
import type { CallParts } from '../budgets/index.ts'
import type { NewUsageRecord } from '../ledger/index.ts'

/**
 * What the journal says of calls, a line of JSON each: that one has begun, with the record it would leave if its process
 * died, and that it has ended, with its record. Nothing of what was asked or answered stands in it.
 */
export interface CallEntry {
  kind: 'begun' | 'ended'
  organizationId: string
  /** Which budgets it counts in, with the person whose own key it is. */
  parts: CallParts
  record: NewUsageRecord
  /** When it ended. */
  endedAtMs: number | undefined
}

const amounts = [
  'costNanos',
  'reportedCostNanos',
  'inputNanosPerMillion',
  'cachedInputNanosPerMillion',
  'outputNanosPerMillion',
  'uncountedNanos',
  'savedNanos',
] as const satisfies readonly (keyof NewUsageRecord)[]

/** What an earlier version knew nothing of. */
const unrouted = {
  alias: null,
  attempts: [],
  paidBy: 'installation',
  uncountedNanos: '0',
  savedNanos: '0',
  promptId: null,
  promptVersion: null,
  costTerms: null,
  guardrails: null,
  projectId: null,
} as const satisfies Partial<Record<keyof NewUsageRecord, unknown>>

/** What budgets count of what a call has cost: an organization's own key is paid elsewhere. */
export function countedNanos({ costNanos, uncountedNanos }: NewUsageRecord): Nanos {
  return costNanos - uncountedNanos
}

/** A record as JSON has it: amounts are whole numbers as text. */
export function encodeRecord(record: NewUsageRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...record }
  for (const name of amounts) fields[name] = record[name] === null ? null : String(record[name])
  return fields
}

/** @throws when the amounts are no whole numbers */
export function decodeRecord(stored: Record<string, unknown>): NewUsageRecord {
  const fields: Record<string, unknown> = { ...unrouted, ...stored }
  for (const name of amounts) {
    const value: unknown = fields[name]
    // Holds of an earlier version have an `n` at the end.
    fields[name] = value === null ? null : BigInt(String(value).replace(/n$/, ''))
  }
  // Written by `encodeRecord` and by nothing else.
  return fields as NewUsageRecord
}

export function encodeEntry({ kind, organizationId, parts, record, endedAtMs }: CallEntry): string {
  return JSON.stringify({ kind, organizationId, parts, endedAtMs, record: encodeRecord(record) })
}

/** @throws when it is not what `encodeEntry` made */
export function decodeEntry(text: string): CallEntry {
  // Its checksum says that it is what was written, which `encodeEntry` made.
  const entry = JSON.parse(text) as CallEntry & { record: Record<string, unknown> }
  // An earlier version knew of no projects.
  const parts = { ...entry.parts, projectId: entry.parts.projectId ?? null }
  return { ...entry, parts, record: decodeRecord(entry.record) }
}
