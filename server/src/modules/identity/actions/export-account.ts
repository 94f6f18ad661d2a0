import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { unauthenticated } from '../../../platform/errors.ts'
import { personId } from '../../../platform/http/route.ts'
import type { PersonalData } from '../../../platform/personal-data.ts'
import { listAccountEvents, recordAccountEvent } from '../account-events.ts'
import { accountTx } from '../account-tx.ts'
import type { Membership } from '../directory.ts'
import { countRecoveryCodes, findSecondFactor } from '../factor-store.ts'
import { type Identity, presentMembership, presentUser } from '../identity.ts'
import { listKnownDevices } from '../known-devices.ts'
import { listPasskeys } from '../passkey-store.ts'
import { presentAccountEvent, presentPasskey, presentSession } from '../present.ts'
import { listSessions } from '../session-store.ts'
import { findUser, listAccounts } from '../store.ts'

/** A person has some of these and not thousands: they are read at once. */
const all = { limit: 1_000_000, beforeId: undefined }
const pageSize = 200

/**
 * Everything known of a person, as JSON that is written while it is read: their account, and what is their own in each
 * of their organizations. Secrets and hashes stay where they are.
 */
export async function exportAccount(identity: Identity, caller: Caller): Promise<AsyncIterable<string>> {
  const account = await readAccount(identity, caller)
  return writeExport(identity, caller, account)
}

async function* writeExport(
  identity: Identity,
  caller: Caller,
  account: Awaited<ReturnType<typeof readAccount>>,
): AsyncIterable<string> {
  const { platform } = identity
  const userId = personId(caller)
  const head = JSON.stringify({
    ...account.data,
    organizations: account.organizations.map(presentMembership),
  })
  yield head.slice(0, -1)
  yield ',"activity":['
  yield* writeList(async (beforeId) => {
    const rows = await accountTx(platform, (tx) =>
      listAccountEvents(tx, userId, { limit: pageSize - 1, beforeId }),
    )
    return rows.map((row) => ({ id: row.id, data: presentAccountEvent(row, identity.countryOf) }))
  })
  yield '],"inOrganizations":['
  await identity.recordCalls()
  for (const [index, organization] of account.organizations.entries()) {
    yield `${index === 0 ? '' : ','}{"organization":${JSON.stringify(presentMembership(organization))}`
    for (const part of identity.personalData()) {
      yield `,${JSON.stringify(part.name)}:[`
      yield* writeList((beforeId) => readPart(identity, caller, organization, part, beforeId))
      yield ']'
    }
    yield '}'
  }
  yield '],"complete":true}'
}

async function* writeList(
  readPage: (beforeId: string | undefined) => Promise<{ id: string; data: object }[]>,
): AsyncIterable<string> {
  let beforeId: string | undefined
  while (true) {
    const rows = await readPage(beforeId)
    if (rows.length === 0) return
    const separator = beforeId === undefined ? '' : ','
    yield separator + rows.map(({ data }) => JSON.stringify(data)).join(',')
    if (rows.length < pageSize) return
    beforeId = rows.at(-1)?.id
  }
}

/** As the person in that organization, whichever they act in now: the same wall stands around them there. */
function readPart(
  { platform }: Identity,
  caller: Caller,
  { id: organizationId, role, permissions }: Membership,
  part: PersonalData,
  beforeId: string | undefined,
) {
  const there: Caller = { ...caller, organizationId, role, permissions }
  return withTenant(platform, there, (scope) =>
    part.list(scope, personId(caller), { limit: pageSize, beforeId }),
  )
}

async function readAccount({ platform, directory, countryOf }: Identity, caller: Caller) {
  const userId = personId(caller)
  const organizations = await directory.listOf(userId)
  const now = platform.clock.now()
  const data = await accountTx(platform, async (tx) => {
    const user = await findUser(tx, userId)
    if (!user) throw unauthenticated()
    await recordAccountEvent(tx, platform, caller, userId, 'account.export')
    const factor = await findSecondFactor(tx, userId)
    return {
      exportedAt: now.toISOString(),
      profile: presentUser(user),
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
        presentSession(row, caller.sessionId, countryOf),
      ),
      knownDevices: (await listKnownDevices(tx, userId)).map((row) => ({
        network: row.ipPrefix,
        createdAt: row.createdAt.toISOString(),
        lastUsedAt: row.lastUsedAt.toISOString(),
      })),
    }
  })
  return { organizations, data }
}
