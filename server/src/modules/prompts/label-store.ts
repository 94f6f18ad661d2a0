import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import type { PersonName } from './store.ts'
import { promptLabelMoves, promptLabels } from './tables.ts'

export type LabelRow = typeof promptLabels.$inferSelect
export type LabelMoveRow = typeof promptLabelMoves.$inferSelect & { mover: PersonName }

export async function listLabels(tx: TenantTx, promptIds: readonly string[]): Promise<LabelRow[]> {
  if (promptIds.length === 0) return []
  return tx
    .select()
    .from(promptLabels)
    .where(inArray(promptLabels.promptId, [...promptIds]))
    .orderBy(asc(promptLabels.label))
}

const isLabel = (promptId: string, label: string) =>
  and(eq(promptLabels.promptId, promptId), eq(promptLabels.label, label))

export async function findLabel(
  tx: TenantTx,
  promptId: string,
  label: string,
): Promise<LabelRow | undefined> {
  const [row] = await tx.select().from(promptLabels).where(isLabel(promptId, label))
  return row
}

export async function countLabels(tx: TenantTx, promptId: string): Promise<number> {
  return tx.$count(promptLabels, eq(promptLabels.promptId, promptId))
}

export async function insertOrUpdateLabel(tx: TenantTx, row: LabelRow): Promise<void> {
  const { version, canaryVersion, canaryPercent, updatedAt } = row
  await tx
    .insert(promptLabels)
    .values(row)
    .onConflictDoUpdate({
      target: [promptLabels.organizationId, promptLabels.promptId, promptLabels.label],
      set: { version, canaryVersion, canaryPercent, updatedAt },
    })
}

export async function deleteLabel(tx: TenantTx, promptId: string, label: string): Promise<void> {
  await tx.delete(promptLabels).where(isLabel(promptId, label))
}

export async function insertLabelMove(
  tx: TenantTx,
  row: typeof promptLabelMoves.$inferInsert,
): Promise<void> {
  await tx.insert(promptLabelMoves).values(row)
}

/** The newest first. */
export async function listLabelMoves(
  tx: TenantTx,
  promptId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<LabelMoveRow[]> {
  const rows = await tx
    .select({
      row: promptLabelMoves,
      mover: sql<PersonName>`(select jsonb_build_object('id', id, 'name', name) from freehold.users
        where users.id = ${promptLabelMoves.movedBy})`,
    })
    .from(promptLabelMoves)
    .where(
      and(
        eq(promptLabelMoves.promptId, promptId),
        page.beforeId === undefined ? undefined : lt(promptLabelMoves.id, page.beforeId),
      ),
    )
    .orderBy(desc(promptLabelMoves.id))
    .limit(page.limit + 1)
  return rows.map(({ row, mover }) => ({ ...row, mover }))
}
