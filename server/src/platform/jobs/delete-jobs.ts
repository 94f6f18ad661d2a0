import { sql } from 'drizzle-orm'
import type { SystemTx } from '../db/types.ts'

/** Removes an organization's jobs, those that are over and the dead letters among them. */
export async function deleteJobsOf(tx: SystemTx, organizationId: string): Promise<void> {
  await tx.execute(sql`delete from pgboss.job where data ->> 'organizationId' = ${organizationId}`)
}
