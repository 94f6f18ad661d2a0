import type { KeyObject } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { KeyRing } from '../../../platform/crypto/index.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import type { SystemTx } from '../../../platform/db/types.ts'
import {
  bookKeyPurpose,
  closingDigest,
  contentCode,
  personCode,
  personCodeAt,
  sealDigest,
  unpackEntries,
} from '../book-codes.ts'
import { dayOf } from '../rules/book-days.ts'
import {
  type Closing,
  listAdjustmentIds,
  listCallsByDay,
  listClosings,
  listOrganizationsInBooks,
  listSeals,
  readSealable,
  type Seal,
} from '../seal-store.ts'
import type { BookKeeper } from './close-books.ts'

/** What differs from what was sealed. */
export interface BookFinding {
  what:
    | 'record_changed'
    | 'person_changed'
    | 'record_missing'
    | 'record_added'
    | 'seal_changed'
    | 'seal_missing'
    | 'closing_changed'
    | 'closing_missing'
    | 'key_missing'
  organizationId: string | null
  day: string | null
  /** The request id of a call, the id of an adjusting entry, or the number of a seal. */
  record: string | null
}

/** The last seal of an organization. Kept elsewhere, it shows later that nothing up to it was taken away. */
export interface BookHead {
  organizationId: string
  sequence: number
  digest: string
}

export interface BookReport {
  /** The last closed day; what came later is sealed when its day is closed. */
  throughDay: string | null
  closedAt: string | null
  organizations: number
  records: number
  adjustments: number
  findings: BookFinding[]
  /** Days that were closed together: nothing ran then, or somebody took closings away. */
  closedTogether: { fromDay: string; throughDay: string; closedAt: string }[]
  heads: BookHead[]
}

const sealsAtOnce = 20
const dayMs = 86_400_000

/**
 * Compares every sealed record of the installation with its seal, and looks for records without one on closed days.
 * Reads each organization in a snapshot of its own.
 * @param earlier heads that were kept elsewhere: each must still be there
 */
export async function verifyBooks(
  on: BookKeeper,
  { organizationId, earlier = [] }: { organizationId?: string; earlier?: readonly BookHead[] } = {},
): Promise<BookReport> {
  const keys = keysOf(on.keyRing)
  const [closings, all] = await systemTx(on, 'operate', async (tx) => [
    await listClosings(tx),
    await listOrganizationsInBooks(tx),
  ])
  const asked = organizationId === undefined ? all : [organizationId]
  const last = closings.at(-1)
  const report: BookReport = {
    throughDay: last?.throughDay ?? null,
    closedAt: last?.closedAt.toISOString() ?? null,
    organizations: asked.length,
    records: 0,
    adjustments: 0,
    findings: verifyClosings(keys, closings),
    closedTogether: closings.flatMap(({ throughDay, closedAt }, place) => {
      const before = closings[place - 1]
      if (!before || Date.parse(throughDay) - Date.parse(before.throughDay) <= dayMs) return []
      const fromDay = dayOf(new Date(Date.parse(before.throughDay) + dayMs))
      return [{ fromDay, throughDay, closedAt: closedAt.toISOString() }]
    }),
    heads: [],
  }
  for (const id of asked) {
    const kept = earlier.filter((head) => head.organizationId === id)
    const one = await systemTx(on, 'operate', async (tx) => {
      await tx.execute(sql`set transaction isolation level repeatable read, read only`)
      return verifyOrganization(tx, keys, id, { through: last?.throughDay, kept, now: on.clock.now() })
    })
    report.records += one.records
    report.adjustments += one.adjustments
    report.findings.push(...one.findings)
    if (one.head) report.heads.push(one.head)
  }
  return report
}

type Keys = (keyId: string) => KeyObject | undefined

/** @returns the key of the codes that a master key makes; undefined where that one is not configured */
export function keysOf(keyRing: KeyRing): Keys {
  const known = new Map<string, KeyObject | undefined>()
  return (keyId) => {
    if (!known.has(keyId)) known.set(keyId, find(keyRing, keyId))
    return known.get(keyId)
  }
}

function find(keyRing: KeyRing, keyId: string): KeyObject | undefined {
  try {
    return keyRing.authenticationKey(bookKeyPurpose, keyId).secret
  } catch {
    // It says so itself among what is found.
    return undefined
  }
}

/** The closings of the installation, in their order, against each other. */
export function verifyClosings(keys: Keys, closings: readonly Closing[]): BookFinding[] {
  return closings.flatMap((closing, place): BookFinding[] => {
    const key = keys(closing.keyId)
    const finding = { organizationId: null, day: closing.throughDay, record: null }
    if (!key) return [{ what: 'key_missing', ...finding }]
    const digest = closingDigest(key, closing, closings[place - 1]?.digest ?? null)
    return digest.equals(closing.digest) ? [] : [{ what: 'closing_changed', ...finding }]
  })
}

/** One organization's books against their seals, in the caller's transaction. */
export async function verifyOrganization(
  tx: SystemTx,
  keys: Keys,
  organizationId: string,
  options: { through: string | undefined; kept: readonly BookHead[]; now: Date },
): Promise<{ records: number; adjustments: number; findings: BookFinding[]; head: BookHead | undefined }> {
  const findings: BookFinding[] = []
  const sealed = { usage_records: new Map<string, string>(), usage_adjustments: new Map<string, string>() }
  const kept = new Map(options.kept.map((head) => [head.sequence, head.digest]))
  let previous: Seal | undefined
  let closedDay = ''
  for (;;) {
    const seals = await listSeals(tx, organizationId, previous?.sequence ?? 0, sealsAtOnce)
    for (const seal of seals) {
      findings.push(...(await verifySeal(tx, keys, seal, previous, sealed)))
      const known = kept.get(seal.sequence)
      if (known !== undefined && known !== seal.digest.toString('hex'))
        findings.push(ofSeal('seal_changed', seal))
      kept.delete(seal.sequence)
      if (seal.kind === 'day' && seal.day > closedDay) closedDay = seal.day
      previous = seal
    }
    if (seals.length < sealsAtOnce) break
  }
  for (const sequence of kept.keys())
    findings.push({ what: 'seal_missing', organizationId, day: null, record: String(sequence) })
  // A closing comes right after the seals of its day. Without it whatever is added would be sealed with the next.
  const overdue = dayOf(new Date(options.now.getTime() - 2 * dayMs))
  if (closedDay > (options.through ?? '') && closedDay < overdue)
    findings.push({ what: 'closing_missing', organizationId, day: closedDay, record: null })
  const closed = options.through === undefined ? undefined : new Date(Date.parse(options.through) + dayMs)
  if (closed)
    for (const { id, day } of await listCallsByDay(tx, organizationId, undefined, closed))
      if (!sealed.usage_records.has(id))
        findings.push({ what: 'record_added', organizationId, day, record: id })
  for (const id of await listAdjustmentIds(tx, organizationId))
    if (!sealed.usage_adjustments.has(id))
      findings.push({ what: 'record_added', organizationId, day: null, record: id })
  return {
    records: sealed.usage_records.size,
    adjustments: sealed.usage_adjustments.size,
    findings,
    head: previous && {
      organizationId,
      sequence: previous.sequence,
      digest: previous.digest.toString('hex'),
    },
  }
}

function ofSeal(what: BookFinding['what'], seal: Seal): BookFinding {
  return { what, organizationId: seal.organizationId, day: seal.day, record: String(seal.sequence) }
}

async function verifySeal(
  tx: SystemTx,
  keys: Keys,
  seal: Seal,
  previous: Seal | undefined,
  sealed: Record<'usage_records' | 'usage_adjustments', Map<string, string>>,
): Promise<BookFinding[]> {
  const { organizationId, day } = seal
  const findings: BookFinding[] = []
  const expected = (previous?.sequence ?? 0) + 1
  if (seal.sequence !== expected)
    findings.push({ what: 'seal_missing', organizationId, day: null, record: String(expected) })
  const key = keys(seal.keyId)
  if (!key) return [...findings, ofSeal('key_missing', seal)]
  const entries = unpackEntries(seal.entries)
  if (!entries || !sealDigest(key, seal, previous?.digest ?? null).equals(seal.digest))
    findings.push(ofSeal('seal_changed', seal))
  const table = seal.kind === 'adjustments' ? 'usage_adjustments' : 'usage_records'
  const ids = (entries ?? []).map(({ id }) => id)
  const rows = await readSealable(tx, table, seal.columns, ids, organizationId)
  const found = new Map(rows.map((row) => [row.id, row]))
  for (const [place, { id, code }] of (entries ?? []).entries()) {
    const row = found.get(id)
    const finding = { organizationId, day, record: id }
    sealed[table].set(id, day)
    if (!row) findings.push({ what: 'record_missing', ...finding })
    else if (!contentCode(key, organizationId, id, row.content).equals(code))
      findings.push({ what: 'record_changed', ...finding })
    else if (
      table === 'usage_records' &&
      !personCode(key, organizationId, id, row).equals(personCodeAt(seal.people, place))
    )
      findings.push({ what: 'person_changed', ...finding })
  }
  return findings
}
