import { and, desc, eq, isNull, lt } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import type { AssistantDefinition } from './definition.ts'
import { assistants, assistantVersions } from './tables.ts'

export type AssistantRow = typeof assistants.$inferSelect
export interface VersionedAssistant {
  readonly row: AssistantRow
  readonly definition: AssistantDefinition
}

const newest = and(
  eq(assistantVersions.assistantId, assistants.id),
  eq(assistantVersions.number, assistants.latestVersion),
)

export async function insertAssistant(tx: TenantTx, row: AssistantRow): Promise<void> {
  await tx.insert(assistants).values(row)
}

export async function insertVersion(tx: TenantTx, row: typeof assistantVersions.$inferInsert): Promise<void> {
  await tx.insert(assistantVersions).values(row)
}

export async function updateAssistant(
  tx: TenantTx,
  id: string,
  changes: Partial<Pick<AssistantRow, 'name' | 'latestVersion' | 'updatedAt' | 'archivedAt'>>,
): Promise<void> {
  await tx.update(assistants).set(changes).where(eq(assistants.id, id))
}

/** With its newest version; none that is archived. */
export async function findAssistant(tx: TenantTx, id: string): Promise<VersionedAssistant | undefined> {
  const [found] = await tx
    .select({ row: assistants, definition: assistantVersions.definition })
    .from(assistants)
    .innerJoin(assistantVersions, newest)
    .where(and(eq(assistants.id, id), isNull(assistants.archivedAt)))
  return found
}

/** Locks it: whoever adds a version takes the next number. */
export async function lockAssistant(tx: TenantTx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: assistants.id })
    .from(assistants)
    .where(and(eq(assistants.id, id), isNull(assistants.archivedAt)))
    .for('update')
  return rows.length > 0
}

/** The newest first, without those that are archived. */
export async function listAssistants(
  tx: TenantTx,
  page: { limit: number; beforeId: string | undefined },
): Promise<VersionedAssistant[]> {
  return tx
    .select({ row: assistants, definition: assistantVersions.definition })
    .from(assistants)
    .innerJoin(assistantVersions, newest)
    .where(
      and(
        isNull(assistants.archivedAt),
        page.beforeId === undefined ? undefined : lt(assistants.id, page.beforeId),
      ),
    )
    .orderBy(desc(assistants.id))
    .limit(page.limit)
}

/** The version that a run is pinned to. */
export async function findDefinition(
  tx: TenantTx,
  assistantId: string,
  version: number,
): Promise<AssistantDefinition | undefined> {
  const [row] = await tx
    .select({ definition: assistantVersions.definition })
    .from(assistantVersions)
    .where(and(eq(assistantVersions.assistantId, assistantId), eq(assistantVersions.number, version)))
  return row?.definition
}
