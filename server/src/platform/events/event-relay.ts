import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { rowsOf, systemTx } from '../db/transactions.ts'
import type { Row } from '../db/types.ts'
import type { Logger } from '../telemetry/logger.ts'
import { eventChannel } from './publish-event.ts'

/**
 * Readers of the outbox.
 *
 * Invariants: a reader sees each event at least once and in cursor order; the cursor (transaction id, sequence)
 * never passes a transaction that is still open (`pg_snapshot_xmin`), so no row can appear behind it whatever the
 * commit order; one node at a time reads for a reader (advisory lock, others skip), and where two do, each moves the
 * cursor forward only. An event that cannot be handled holds back those behind it and is tried again.
 */
export interface StoredEvent {
  id: string
  organizationId: string
  type: string
  data: Record<string, unknown>
  createdAt: Date
}

export interface Subscription {
  /** Names the reader's cursor; stable over releases. */
  reader: string
  types: readonly string[]
  /** Called at least once for each event, outside any transaction. Throwing leaves it to be tried again. */
  handle(event: StoredEvent): Promise<void>
}

export interface EventRelay {
  start(): Promise<void>
  /** Reads everything there is now: for tests and for a clean stop. */
  drain(): Promise<void>
  stop(): Promise<void>
}

const batchSize = 100
const pollMs = 2_000

interface EventRow extends Row {
  id: string
  organization_id: string
  type: string
  data: Record<string, unknown>
  created_at: Date | string
  transaction_id: string
  sequence: string | bigint | number
}

export function createEventRelay(
  on: { database: Database; clock: Clock; logger: Logger },
  subscriptions: readonly Subscription[],
): EventRelay {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => Promise<void>) | undefined
  let running: Promise<void> | undefined
  let again = false

  async function readBatch(subscription: Subscription): Promise<EventRow[]> {
    return systemTx(on, 'relay-events', async (tx) => {
      await tx.execute(sql`
        insert into freehold.event_cursors (reader, transaction_id, sequence, updated_at)
        values (${subscription.reader}, '0', 0, ${on.clock.now().toISOString()}) on conflict do nothing`)
      return rowsOf<EventRow>(
        tx,
        sql`
        select e.id, e.organization_id, e.type, e.data, e.created_at, e.transaction_id::text, e.sequence::text
        from freehold.events e, freehold.event_cursors c
        where c.reader = ${subscription.reader}
          and (e.transaction_id, e.sequence) > (c.transaction_id, c.sequence)
          and e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        order by e.transaction_id, e.sequence
        limit ${batchSize}`,
      )
    })
  }

  async function advance(subscription: Subscription, to: EventRow): Promise<void> {
    await systemTx(on, 'relay-events', async (tx) => {
      await tx.execute(sql`
        update freehold.event_cursors
        set transaction_id = ${to.transaction_id}::xid8, sequence = ${String(to.sequence)}::bigint,
            updated_at = ${on.clock.now().toISOString()}
        where reader = ${subscription.reader}
          and (transaction_id, sequence) < (${to.transaction_id}::xid8, ${String(to.sequence)}::bigint)`)
    })
  }

  async function readAll(subscription: Subscription): Promise<void> {
    while (!stopped) {
      const batch = await readBatch(subscription)
      if (batch.length === 0) return
      let last: EventRow | undefined
      try {
        for (const row of batch) {
          if (subscription.types.includes(row.type)) {
            await subscription.handle({
              id: row.id,
              organizationId: row.organization_id,
              type: row.type,
              data: row.data,
              createdAt: new Date(row.created_at),
            })
          }
          last = row
        }
      } finally {
        // What was handled before a failure is not handled again with it.
        if (last) await advance(subscription, last)
      }
    }
  }

  /**
   * Reads on unless another node does. The lock lasts as long as a transaction that does nothing else, and so has no
   * id to hold the horizon back. An embedded database has one process and one connection: there nobody is locked out.
   */
  async function readAlone(subscription: Subscription): Promise<void> {
    if (on.database.kind === 'pglite') return readAll(subscription)
    await systemTx(on, 'relay-events', async (tx) => {
      const [lock] = await rowsOf<{ taken: boolean }>(
        tx,
        sql`select pg_try_advisory_xact_lock(hashtextextended(${`events:${subscription.reader}`}, 0)) as taken`,
      )
      if (lock?.taken) await readAll(subscription)
    })
  }

  async function round(): Promise<void> {
    do {
      again = false
      for (const subscription of subscriptions) {
        try {
          await readAlone(subscription)
        } catch (error) {
          on.logger.warn(
            { err: error, reader: subscription.reader },
            'an event could not be handled; it is tried again',
          )
        }
      }
    } while (again && !stopped)
  }

  function wake(): void {
    if (stopped) return
    if (running) again = true
    else {
      running = round().finally(() => {
        running = undefined
      })
    }
  }

  return {
    async start() {
      if (subscriptions.length === 0) return
      unlisten = await on.database.listen(eventChannel, wake, wake)
      timer = setInterval(wake, pollMs)
      timer.unref()
    },
    async drain() {
      await running
      await round()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await unlisten?.()
      await running
    },
  }
}
