import { sql } from 'drizzle-orm'
import { rowsOf } from '../db/transactions.ts'
import type { SystemTx, TenantTx } from '../db/types.ts'

/** How much later each further job of an organization takes its turn than the one before it. */
const apartSeconds = 60
/** Keeps the numbers within PostgreSQL's integer: seconds are counted from 2026. */
const firstSecond = Date.UTC(2026, 0, 1) / 1000

/**
 * Where a new job stands in the queue, as pg-boss's priority (the highest is next).
 *
 * Each job takes its turn at the time at which it was sent, put off by a minute for every job of the same organization
 * that waits already. So whoever sends five hundred waits for themselves: somebody else's one job stands before nearly all
 * of them. As time goes on they come before what is sent later, so that nobody waits for ever.
 */
export async function placeInLine(
  tx: TenantTx | SystemTx,
  queue: string,
  organizationId: string | undefined,
): Promise<number> {
  const [row] = await rowsOf<{ turn: string }>(
    tx,
    sql`
    select (floor(extract(epoch from clock_timestamp())) - ${firstSecond}::int + ${apartSeconds}::int * (
      select count(*) from pgboss.job
      where name = ${queue} and state < 'active' and group_id = ${organizationId ?? null}::text
    ))::int::text as turn`,
  )
  return -Number(row?.turn ?? 0)
}
