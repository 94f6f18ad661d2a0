import { asc, count, eq, isNull } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { guardrailPolicies } from './tables.ts'

export type PolicyRow = typeof guardrailPolicies.$inferSelect

const isOf = (model: string | null) =>
  model === null ? isNull(guardrailPolicies.model) : eq(guardrailPolicies.model, model)

export async function listPolicies(tx: TenantTx): Promise<PolicyRow[]> {
  return tx.select().from(guardrailPolicies).orderBy(asc(guardrailPolicies.model))
}

/** The row, kept still until the transaction ends. */
export async function findPolicyForUpdate(
  tx: TenantTx,
  model: string | null,
): Promise<PolicyRow | undefined> {
  const [row] = await tx.select().from(guardrailPolicies).where(isOf(model)).for('update')
  return row
}

export async function countPolicies(tx: TenantTx): Promise<number> {
  const [row] = await tx.select({ policies: count() }).from(guardrailPolicies)
  return row?.policies ?? 0
}

/** Puts it in the place of what was there. */
export async function upsertPolicy(tx: TenantTx, row: PolicyRow): Promise<void> {
  const { guards, updatedAt } = row
  await tx
    .insert(guardrailPolicies)
    .values(row)
    .onConflictDoUpdate({
      target: [guardrailPolicies.organizationId, guardrailPolicies.model],
      set: { guards, updatedAt },
    })
}

export async function deletePolicy(tx: TenantTx, model: string | null): Promise<PolicyRow | undefined> {
  const [row] = await tx.delete(guardrailPolicies).where(isOf(model)).returning()
  return row
}
