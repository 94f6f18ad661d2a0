import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import type { Caller } from '../../../platform/context.ts'
import { recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { readSignIn } from '../adapters/passkeys.ts'
import { passkeyRefused } from '../errors.ts'
import type { Identity } from '../identity.ts'
import { takeOneTimeToken } from '../one-time-tokens.ts'
import { findPasskeyForUpdate, updatePasskeyUsed } from '../passkey-store.ts'
import { completeSignIn } from './complete-sign-in.ts'
import type { OpenedSession } from './open-session.ts'

const begun = z.object({ challenge: z.string() })

/** Signs somebody in by a passkey, which is both factors in one. @throws passkey_refused (401) */
export async function signInWithPasskey(
  identity: Identity,
  caller: Caller,
  input: { passkeyToken: string; response: AuthenticationResponseJSON },
  headers: Headers,
): Promise<OpenedSession> {
  const { platform } = identity
  // Used up whatever comes of it: a challenge is answered once.
  const token = await accountTx(platform, (tx) =>
    takeOneTimeToken(platform, tx, 'passkey-sign-in', input.passkeyToken),
  )
  if (!token) throw passkeyRefused()
  const { challenge } = begun.parse(token.data)
  const shown = await accountTx(platform, async (tx) => {
    const row = await findPasskeyForUpdate(tx, input.response.id)
    if (!row) return undefined
    const used = await readSignIn(platform.publicUrl(), challenge, input.response, row)
    if (!used) {
      await recordAccountEvent(tx, platform, caller, row.userId, 'session.refuse', { method: 'passkey' })
      return undefined
    }
    await updatePasskeyUsed(tx, row.id, { ...used, lastUsedAt: platform.clock.now() })
    return { userId: row.userId, passkeyId: row.id }
  })
  if (!shown) throw passkeyRefused()
  const { userId, passkeyId } = shown
  return completeSignIn(identity, caller, userId, headers, ['passkey'], { passkeyId })
}
