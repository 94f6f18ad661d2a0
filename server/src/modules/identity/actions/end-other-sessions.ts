import type { Caller } from '../../../platform/context.ts'
import { personId } from '../../../platform/http/route.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import type { Identity } from '../identity.ts'
import { deleteSessionsOf } from '../session-store.ts'

/** Ends all of the caller's sessions but the one that asks. */
export async function endOtherSessions({ platform }: Identity, caller: Caller): Promise<void> {
  const userId = personId(caller)
  await accountTx(platform, async (tx) => {
    const sessionsEnded = await deleteSessionsOf(tx, userId, caller.sessionId)
    await recordAccountEvent(tx, platform, caller, userId, 'session.end', { sessionsEnded })
  })
}
