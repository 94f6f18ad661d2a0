import { and, asc, count, eq, type SQL } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { scimUsers } from './tables.ts'

export type ScimUserRow = typeof scimUsers.$inferSelect

export async function findScimUserOfPerson(tx: TenantTx, userId: string): Promise<ScimUserRow | undefined> {
  const [row] = await tx.select().from(scimUsers).where(eq(scimUsers.userId, userId))
  return row
}
