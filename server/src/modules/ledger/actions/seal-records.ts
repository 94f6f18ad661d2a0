import type { Scope } from '../../../platform/context.ts'
import type { KeyRing } from '../../../platform/crypto/index.ts'
import { bookKeyPurpose, contentCode, packEntries, personCode, sealDigest } from '../book-codes.ts'
import { findLastSeal, insertSeal, readSealable, type SealedTable, sealedColumns } from '../seal-store.ts'

/** A seal is read as a whole: of a great day there are many. */
const recordsInSeal = 1_000

/** Seals records of one day as they stand in the database now. The caller has locked the books. */
export async function sealRecords(
  on: { keyRing: KeyRing },
  { tx, organizationId, now }: Scope,
  what: { kind: 'day' | 'late' | 'adjustments'; day: string; ids: readonly string[] },
): Promise<void> {
  const table: SealedTable = what.kind === 'adjustments' ? 'usage_adjustments' : 'usage_records'
  const { id: keyId, secret } = on.keyRing.authenticationKey(bookKeyPurpose)
  const columns = sealedColumns(table)
  for (let start = 0; start < what.ids.length; start += recordsInSeal) {
    const ids = what.ids.slice(start, start + recordsInSeal)
    const records = await readSealable(tx, table, columns, ids, organizationId)
    const last = await findLastSeal(tx)
    const entries = records.map(({ id, content }) => ({
      id,
      code: contentCode(secret, organizationId, id, content),
    }))
    const people =
      table === 'usage_records'
        ? records.map((record) => personCode(secret, organizationId, record.id, record))
        : []
    const seal = {
      organizationId,
      sequence: (last?.sequence ?? 0) + 1,
      kind: what.kind,
      day: what.day,
      sealedAt: now,
      keyId,
      columns,
      entries: packEntries(entries),
    }
    await insertSeal(tx, {
      ...seal,
      people: Buffer.concat(people),
      digest: sealDigest(secret, seal, last?.digest ?? null),
    })
  }
}
