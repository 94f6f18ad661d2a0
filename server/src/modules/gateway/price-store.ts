import type { SystemTx } from '../../platform/db/types.ts'
import { modelPrices } from './tables.ts'

export type ModelPriceRow = typeof modelPrices.$inferSelect

/** Those that are there stay as they were first seen. */
export async function insertModelPrices(tx: SystemTx, rows: readonly ModelPriceRow[]): Promise<void> {
  if (rows.length > 0)
    await tx
      .insert(modelPrices)
      .values([...rows])
      .onConflictDoNothing()
}
