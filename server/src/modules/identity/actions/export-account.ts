import type { Caller } from '../../../platform/context.ts'
import { unauthenticated } from '../../../platform/errors.ts'
import { personId } from '../../../platform/http/route.ts'
import { listAccountEvents, recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import { countRecoveryCodes, findSecondFactor } from '../factor-store.ts'
import { type Identity, presentMembership, presentUser } from '../identity.ts'
import { listKnownDevices } from '../known-devices.ts'
import { listPasskeys } from '../passkey-store.ts'
import { presentAccountEvent, presentPasskey, presentSession } from '../present.ts'
import { listSessions } from '../session-store.ts'
import { findUser, listAccounts } from '../store.ts'

/** More than anybody has; what there is of one kind is exported whole. */
const all = { limit: 1_000_000, beforeId: undefined }

/** What is known of a person beside the things of their organizations. Secrets and hashes stay where they are. */
export async function exportAccount({ platform, directory }: Identity, caller: Caller) {
  const userId = personId(caller)
  const organizations = await directory.listOf(userId)
  const now = platform.clock.now()
  return accountTx(platform, async (tx) => {
    const user = await findUser(tx, userId)
    if (!user) throw unauthenticated()
    await recordAccountEvent(tx, platform, caller, userId, 'account.export')
    const factor = await findSecondFactor(tx, userId)
    return {
      exportedAt: now.toISOString(),
      profile: presentUser(user),
      organizations: organizations.map(presentMembership),
      signInMethods: (await listAccounts(tx, userId)).map(({ providerId, accountId, createdAt }) => ({
        provider: providerId === 'credential' ? 'password' : providerId,
        accountId,
        createdAt: createdAt.toISOString(),
      })),
      twoFactor: {
        enabledAt: factor?.confirmedAt?.toISOString() ?? null,
        recoveryCodesLeft: factor?.confirmedAt ? await countRecoveryCodes(tx, userId) : 0,
      },
      passkeys: (await listPasskeys(tx, userId)).map(presentPasskey),
      sessions: (await listSessions(tx, userId, now, all)).map((row) =>
        presentSession(row, caller.sessionId),
      ),
      knownDevices: (await listKnownDevices(tx, userId)).map((row) => ({
        network: row.ipPrefix,
        createdAt: row.createdAt.toISOString(),
        lastUsedAt: row.lastUsedAt.toISOString(),
      })),
      activity: (await listAccountEvents(tx, userId, all)).map(presentAccountEvent),
    }
  })
}
