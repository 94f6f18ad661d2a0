import { setTimeout as sleep } from 'node:timers/promises'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Answers } from '../answers.ts'
import { messageNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { type MessageView, presentMessage } from '../present.ts'
import { openSeal } from '../sealed-messages.ts'
import { findMessage, updateMessage } from '../store.ts'

const waitMs = 5_000
const lookEveryMs = 50

/** Stops an answer and gives it as it stands; one that has ended is given as it is. @throws message_not_found (404) */
export async function stopAnswer(answers: Answers, caller: Caller, messageId: string): Promise<MessageView> {
  requirePermission(caller, 'write:conversations')
  const { platform } = answers
  const look = (ask: boolean) =>
    withTenant(platform, caller, async (scope) => {
      const row = await findMessage(scope.tx, messageId, ownerOf(caller))
      if (!row) throw messageNotFound()
      if (ask && row.status === 'streaming') await updateMessage(scope.tx, messageId, { stopRequested: true })
      return presentMessage(scope, await openSeal(platform, scope), row)
    })
  let view = await look(true)
  if (view.status !== 'streaming') return view
  await answers.stop(messageId)
  for (let waited = 0; view.status === 'streaming' && waited < waitMs; waited += lookEveryMs) {
    await sleep(lookEveryMs)
    view = await look(false)
  }
  return view
}
