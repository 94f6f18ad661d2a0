import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import {
  type CorrectionRow,
  type CorrectionSums,
  findCorrection,
  insertCorrection,
  sumAdjustments,
  sumCorrection,
  updateCorrectionFinished,
} from '../correction-store.ts'
import { correctionExists } from '../errors.ts'

/** The job that adds the entries. */
export const adjustUsageJob = { name: 'ledger.adjust-usage' }

export type AskedCorrection = Omit<CorrectionRow, 'createdBy' | 'createdAt' | 'finishedAt'>

export interface BegunCorrection {
  row: CorrectionRow
  sums: CorrectionSums
  leftOut: number
}

/** What a correction would add now, of which nothing is kept. */
export async function previewCorrection(
  platform: Platform,
  caller: Caller,
  asked: AskedCorrection,
): Promise<BegunCorrection> {
  requirePermission(caller, 'system:admin')
  const { leftOut, ...sums } = await systemTx(platform, 'operate', (tx) => sumCorrection(tx, asked))
  return { row: rowOf(platform, caller, asked), sums, leftOut }
}

/**
 * Writes a correction down and has its entries added. With an id that is there it does the same again, which adds what was
 * recorded since and nothing twice. @throws ledger.correction_exists (409) where the id stands for another one
 */
export async function beginCorrection(
  platform: Platform,
  caller: Caller,
  asked: AskedCorrection,
): Promise<BegunCorrection> {
  requirePermission(caller, 'system:admin')
  return systemTx(platform, 'operate', async (tx) => {
    const made = rowOf(platform, caller, asked)
    const isNew = await insertCorrection(tx, made)
    const row = isNew ? made : await findCorrection(tx, asked.id)
    if (!row || termsOf(row) !== termsOf(made)) throw correctionExists()
    if (row.finishedAt !== null) await updateCorrectionFinished(tx, row.id, null)
    if (isNew || row.finishedAt !== null)
      await platform.jobs.sendAsSystem(tx, adjustUsageJob, { correctionId: row.id })
    const { leftOut } = await sumCorrection(tx, row)
    return { row: { ...row, finishedAt: null }, sums: await sumAdjustments(tx, row.id), leftOut }
  })
}

function rowOf(platform: Platform, { userId }: Caller, asked: AskedCorrection): CorrectionRow {
  return { ...asked, createdBy: userId, createdAt: platform.clock.now(), finishedAt: null }
}

function termsOf({ createdBy: _, createdAt: __, finishedAt: ___, ...terms }: CorrectionRow): string {
  const values = Object.entries(terms).map(([name, value]) => [
    name,
    value instanceof Date ? value.getTime() : (value?.toString() ?? null),
  ])
  return JSON.stringify(values.toSorted())
}
