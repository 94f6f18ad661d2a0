import { sql } from 'drizzle-orm'
import type { SystemTx } from '../db/types.ts'

/**
 * Takes out of every audit log what tells who an id was: address, network and browser. The id stays, so that a log still
 * says which of its entries are one person's; without the person it names nobody.
 */
export async function forgetPersonInAudit(
  tx: SystemTx,
  person: { userId: string; email: string },
): Promise<void> {
  await tx.execute(sql`
    update freehold.audit_entries set ip = null, user_agent = null where actor_id = ${person.userId}::uuid`)
  await tx.execute(sql`
    update freehold.audit_entries set changes = jsonb_set(changes, '{email}', 'null')
    where changes ? 'email' and changes ->> 'email' = ${person.email.toLowerCase()}`)
}
