import { and, desc, eq, lt } from 'drizzle-orm'
import type { Clock } from '../../platform/clock.ts'
import type { Caller } from '../../platform/context.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import { accountEvents } from './tables.ts'

/** What is written down of an account. The names are stable: people and exports read them. */
export type AccountAction =
  | 'account.create'
  | 'account.export'
  | 'admin.grant'
  | 'admin.revoke'
  | 'email.verify'
  | 'email.change_request'
  | 'email.change'
  | 'email.change_stop'
  | 'session.open'
  | 'session.refuse'
  | 'session.end'
  | 'password.change'
  | 'password.reset_request'
  | 'password.reset'
  | 'two_factor.enable'
  | 'two_factor.disable'
  | 'two_factor.recovery_codes'
  | 'two_factor.refuse'
  | 'passkey.add'
  | 'passkey.rename'
  | 'passkey.remove'
  | 'social.link'

export type AccountEventRow = typeof accountEvents.$inferSelect

/** Writes down what happened to an account, in the transaction in which it happens. No secrets in `details`. */
export async function recordAccountEvent(
  tx: SystemTx,
  on: { clock: Clock },
  caller: Caller,
  userId: string,
  action: AccountAction,
  details: Record<string, unknown> = {},
): Promise<void> {
  await tx.insert(accountEvents).values({
    id: newId(),
    userId,
    action,
    details,
    ip: caller.ip,
    userAgent: caller.userAgent,
    requestId: caller.requestId,
    createdAt: on.clock.now(),
  })
}

/** The newest first; one more than `limit`, to show that there are more. */
export async function listAccountEvents(
  tx: SystemTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<AccountEventRow[]> {
  return tx
    .select()
    .from(accountEvents)
    .where(
      and(
        eq(accountEvents.userId, userId),
        page.beforeId === undefined ? undefined : lt(accountEvents.id, page.beforeId),
      ),
    )
    .orderBy(desc(accountEvents.id))
    .limit(page.limit + 1)
}
