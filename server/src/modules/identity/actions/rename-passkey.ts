import type { Caller } from '../../../platform/context.ts'
import { personId } from '../../../platform/http/route.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { passkeyNotFound } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { type PasskeyRow, updatePasskeyName } from '../passkey-store.ts'

/** @throws passkey_not_found (404) */
export function renamePasskey(
  { platform }: Identity,
  caller: Caller,
  passkeyId: string,
  name: string,
): Promise<PasskeyRow> {
  const userId = personId(caller)
  return accountTx(platform, async (tx) => {
    const row = await updatePasskeyName(tx, userId, passkeyId, name)
    if (!row) throw passkeyNotFound()
    await recordAccountEvent(tx, platform, caller, userId, 'passkey.rename', { passkeyId, name })
    return row
  })
}
