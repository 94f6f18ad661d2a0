import type { Caller } from '../../../platform/context.ts'
import { personId } from '../../../platform/http/route.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { passkeyNotFound } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { noticeLetter } from '../letters.ts'
import { deletePasskey } from '../passkey-store.ts'
import { findUser } from '../store.ts'

/** @throws passkey_not_found (404) */
export async function removePasskey(
  { platform }: Identity,
  caller: Caller,
  passkeyId: string,
): Promise<void> {
  const userId = personId(caller)
  await accountTx(platform, async (tx) => {
    if (!(await deletePasskey(tx, userId, passkeyId))) throw passkeyNotFound()
    await recordAccountEvent(tx, platform, caller, userId, 'passkey.remove', { passkeyId })
    const user = await findUser(tx, userId)
    const what = 'A passkey was removed'
    if (user) await platform.mail.sendAsSystem(tx, noticeLetter(user, platform.publicUrl(), what, caller))
  })
}
