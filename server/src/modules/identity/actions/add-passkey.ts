import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import type { Caller } from '../../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { personId } from '../../../platform/http/route.ts'
import { newId } from '../../../platform/ids.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { readRegistration } from '../adapters/passkeys.ts'
import { passkeyInvalid } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { noticeLetter } from '../letters.ts'
import { takeOneTimeToken } from '../one-time-tokens.ts'
import { countPasskeys, insertPasskey, type PasskeyRow } from '../passkey-store.ts'
import { findUser } from '../store.ts'

export const passkeyLimit: CountLimit = {
  name: 'passkeys',
  most: 30,
  message: 'An account has at most 30 passkeys. Remove one that you do not use first.',
}

const begun = z.object({ challenge: z.string() })

/** Keeps the passkey that a browser has made for the caller. @throws passkey_invalid (422), limit_reached (409) */
export async function addPasskey(
  { platform }: Identity,
  caller: Caller,
  input: { registrationToken: string; name: string; response: RegistrationResponseJSON },
): Promise<PasskeyRow> {
  const userId = personId(caller)
  const token = await accountTx(platform, (tx) =>
    takeOneTimeToken(platform, tx, 'passkey-registration', input.registrationToken),
  )
  if (token?.userId !== userId) throw passkeyInvalid()
  const { challenge } = begun.parse(token.data)
  const registered = await readRegistration(platform.publicUrl(), challenge, input.response)
  const row: PasskeyRow = {
    ...registered,
    id: newId(),
    userId,
    name: input.name,
    createdAt: platform.clock.now(),
    lastUsedAt: null,
  }
  await accountTx(platform, async (tx) => {
    await requireRoom(tx, passkeyLimit, userId, () => countPasskeys(tx, userId))
    if (!(await insertPasskey(tx, row))) throw passkeyInvalid()
    await recordAccountEvent(tx, platform, caller, userId, 'passkey.add', {
      passkeyId: row.id,
      name: row.name,
    })
    const user = await findUser(tx, userId)
    const what = 'A passkey was added'
    if (user) await platform.mail.sendAsSystem(tx, noticeLetter(user, platform.publicUrl(), what, caller))
  })
  return row
}
