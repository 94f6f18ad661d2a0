import type { Caller } from '../../../platform/context.ts'
import { personId } from '../../../platform/http/route.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { sessionNotFound } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { deleteSessionOf } from '../session-store.ts'

/** Ends one of the caller's own sessions, and every token of it. @throws session_not_found (404) */
export async function endSession({ platform }: Identity, caller: Caller, sessionId: string): Promise<void> {
  const userId = personId(caller)
  await accountTx(platform, async (tx) => {
    if (!(await deleteSessionOf(tx, userId, sessionId))) throw sessionNotFound()
    await recordAccountEvent(tx, platform, caller, userId, 'session.end', { sessionId })
  })
}
