import { and, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../../../../platform/db/types.ts'
import { graphBlobs, graphCheckpoints, graphWrites } from '../../tables.ts'

export type CheckpointRow = typeof graphCheckpoints.$inferSelect
export type BlobRow = typeof graphBlobs.$inferSelect
export type WriteRow = typeof graphWrites.$inferSelect

export interface Thread {
  readonly threadId: string
  readonly namespace: string
}

/** A checkpoint that is put again takes the place of what was there. */
export async function upsertCheckpoint(tx: TenantTx, row: CheckpointRow): Promise<void> {
  const { checkpointSealed, metadataSealed, parentId } = row
  await tx
    .insert(graphCheckpoints)
    .values(row)
    .onConflictDoUpdate({
      target: [
        graphCheckpoints.organizationId,
        graphCheckpoints.threadId,
        graphCheckpoints.namespace,
        graphCheckpoints.id,
      ],
      set: { checkpointSealed, metadataSealed, parentId },
    })
}

/** A version of a channel never changes: what is there stays. */
export async function insertBlobs(tx: TenantTx, rows: readonly BlobRow[]): Promise<void> {
  if (rows.length > 0)
    await tx
      .insert(graphBlobs)
      .values([...rows])
      .onConflictDoNothing()
}

/** @param replace for what a task writes about itself, such as its error; what it gives stays as it was first written */
export async function insertWrites(tx: TenantTx, rows: readonly WriteRow[], replace: boolean): Promise<void> {
  if (rows.length === 0) return
  const insert = tx.insert(graphWrites).values([...rows])
  if (!replace) return void (await insert.onConflictDoNothing())
  await insert.onConflictDoUpdate({
    target: [
      graphWrites.organizationId,
      graphWrites.threadId,
      graphWrites.namespace,
      graphWrites.checkpointId,
      graphWrites.taskId,
      graphWrites.position,
    ],
    set: {
      channel: sql`excluded.channel`,
      type: sql`excluded.type`,
      valueSealed: sql`excluded.value_sealed`,
    },
  })
}

/** The newest first; LangGraph's ids sort by time. */
export async function listCheckpoints(
  tx: TenantTx,
  which: {
    threadId?: string | undefined
    namespace?: string | undefined
    id?: string | undefined
    beforeId?: string | undefined
    limit?: number | undefined
  },
): Promise<CheckpointRow[]> {
  const found = tx
    .select()
    .from(graphCheckpoints)
    .where(
      and(
        when(which.threadId, (value) => eq(graphCheckpoints.threadId, value)),
        when(which.namespace, (value) => eq(graphCheckpoints.namespace, value)),
        when(which.id, (value) => eq(graphCheckpoints.id, value)),
        when(which.beforeId, (value) => lt(graphCheckpoints.id, value)),
      ),
    )
    .orderBy(desc(graphCheckpoints.id))
  return which.limit === undefined ? found : found.limit(which.limit)
}

function when(value: string | undefined, condition: (value: string) => SQL): SQL | undefined {
  return value === undefined ? undefined : condition(value)
}

/** The values of channels at exactly these versions. */
export async function findBlobs(
  tx: TenantTx,
  { threadId, namespace }: Thread,
  versions: Readonly<Record<string, number | string>>,
): Promise<BlobRow[]> {
  const channels = Object.keys(versions)
  if (channels.length === 0) return []
  const pairs = sql.join(
    channels.map((channel) => sql`(${channel}::text, ${String(versions[channel])}::text)`),
    sql`, `,
  )
  return tx
    .select()
    .from(graphBlobs)
    .where(
      and(
        eq(graphBlobs.threadId, threadId),
        eq(graphBlobs.namespace, namespace),
        sql`(${graphBlobs.channel}, ${graphBlobs.version}) in (${pairs})`,
      ),
    )
}

/** In the order they were written. */
export async function listWrites(
  tx: TenantTx,
  { threadId, namespace }: Thread,
  checkpointIds: readonly string[],
): Promise<WriteRow[]> {
  if (checkpointIds.length === 0) return []
  return tx
    .select()
    .from(graphWrites)
    .where(
      and(
        eq(graphWrites.threadId, threadId),
        eq(graphWrites.namespace, namespace),
        inArray(graphWrites.checkpointId, [...checkpointIds]),
      ),
    )
    .orderBy(graphWrites.taskId, graphWrites.position)
}

export async function deleteThread(tx: TenantTx, threadId: string): Promise<void> {
  await tx.delete(graphWrites).where(eq(graphWrites.threadId, threadId))
  await tx.delete(graphBlobs).where(eq(graphBlobs.threadId, threadId))
  await tx.delete(graphCheckpoints).where(eq(graphCheckpoints.threadId, threadId))
}
