import { sql } from 'drizzle-orm'
import type { Scope } from '../context.ts'
import { newId } from '../ids.ts'
import { events } from './tables.ts'

export interface NewEvent {
  /** `entity.past-verb`, such as `document.deleted`. */
  type: string
  data: Record<string, unknown>
}

export const eventChannel = 'freehold_events'

/** Writes an event in the caller's own transaction; readers see it after the commit, at least once. */
export async function publishEvent(scope: Scope, event: NewEvent): Promise<void> {
  await scope.tx.insert(events).values({
    organizationId: scope.organizationId,
    id: newId(),
    // The column's default: the id of this transaction.
    transactionId: sql`pg_current_xact_id()` as unknown as string, // Drizzle takes SQL here; the custom type does not say so
    type: event.type,
    data: event.data,
    createdAt: scope.now,
  })
  await scope.tx.execute(sql`select pg_notify(${eventChannel}, '')`)
}
