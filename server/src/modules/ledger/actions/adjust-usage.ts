import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Scope, systemCaller } from '../../../platform/context.ts'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import {
  type AddedAdjustment,
  type BatchStart,
  type CorrectionRow,
  findCorrection,
  insertAdjustments,
  listCorrectedOrganizations,
  updateCorrectionFinished,
} from '../correction-store.ts'
import { dayOf } from '../rules/book-days.ts'
import { lockBooks } from '../seal-store.ts'
import { sealRecords } from './seal-records.ts'

/** Moves the budgets in which calls count by what was added to them. Budgets stand after the ledger: handed in by the app. */
export type SettleAdjustments = (scope: Scope, added: readonly AddedAdjustment[]) => Promise<void>

const callsAtOnce = 500

/**
 * Adds the entries of a correction: each batch in a transaction with the roll-up, the budgets, the seal and, where an
 * organization gets its first, the audit. Killed at any moment, it begins again and adds nothing twice.
 */
export async function adjustUsage(
  platform: Platform,
  settle: SettleAdjustments,
  correctionId: string,
  signal: AbortSignal,
  atOnce = callsAtOnce,
): Promise<void> {
  const correction = await systemTx(platform, 'operate', (tx) => findCorrection(tx, correctionId))
  if (!correction) return
  const organizations = await systemTx(platform, 'operate', (tx) =>
    listCorrectedOrganizations(tx, correction),
  )
  for (const organizationId of organizations) {
    let next: BatchStart | undefined
    let isFirst = true
    do {
      signal.throwIfAborted()
      const batch = await withTenant(platform, systemCaller(organizationId, newId()), (scope) =>
        addBatch(platform, settle, scope, { correction, after: next, size: atOnce, isFirst }),
      )
      if (batch.added > 0) isFirst = false
      next = batch.next
    } while (next)
  }
  const now = platform.clock.now()
  await systemTx(platform, 'operate', (tx) => updateCorrectionFinished(tx, correctionId, now))
}

async function addBatch(
  platform: Platform,
  settle: SettleAdjustments,
  scope: Scope,
  what: { correction: CorrectionRow; after: BatchStart | undefined; size: number; isFirst: boolean },
): Promise<{ added: number; next: BatchStart | undefined }> {
  const { tx, organizationId, now } = scope
  const { correction, after, size, isFirst } = what
  await lockBooks(tx, organizationId)
  const { added, next } = await insertAdjustments(tx, correction, { after, size, now })
  if (added.length === 0) return { added: 0, next }
  const ids = added.map(({ id }) => id)
  await sealRecords(platform, scope, { kind: 'adjustments', day: dayOf(now), ids })
  await settle(scope, added)
  if (isFirst) await recordAudit(scope, auditOf(correction))
  return { added: added.length, next }
}

function auditOf({ id, model, fromTime, toTime, reason }: CorrectionRow) {
  const changes = { model, from: fromTime.toISOString(), to: toTime.toISOString(), reason }
  return { action: 'usage.adjust', entity: { type: 'usage_correction', id }, changes }
}
