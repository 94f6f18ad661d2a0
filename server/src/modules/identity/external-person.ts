import type { Caller } from '../../platform/context.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import { recordAccountEvent } from './account-events.ts'
import { handOverUnconfirmed } from './hand-over-unconfirmed.ts'
import type { Identity } from './identity.ts'
import {
  findUserByAccount,
  findUserByEmail,
  insertAccount,
  insertUser,
  promoteFirstUser,
  type UserRow,
} from './store.ts'

/** Somebody as another provider or issuer knows them. */
export interface ExternalPerson {
  /** `google`, or `issuer:https://…`. */
  providerId: string
  subject: string
  email: string | null
  emailVerified: boolean
  name: string
}

/**
 * The person behind an account elsewhere: the one linked to it; else the one who has the address, if the other side has
 * verified it; else a new one. Undefined when there is no verified address to go by.
 */
export async function findOrMakePerson(
  on: Pick<Identity, 'platform' | 'personalKeys'>,
  tx: SystemTx,
  caller: Caller,
  external: ExternalPerson,
): Promise<{ user: UserRow; made: boolean } | undefined> {
  const { platform } = on
  const { providerId, subject, email } = external
  const linked = await findUserByAccount(tx, providerId, subject)
  if (linked) return { user: linked, made: false }
  if (email === null || !external.emailVerified) return undefined
  const now = platform.clock.now()
  const known = await findUserByEmail(tx, email)
  if (known && !known.emailVerified) await handOverUnconfirmed(on, tx, caller, known.id)
  const user: UserRow = known
    ? { ...known, emailVerified: true }
    : {
        id: newId(),
        email: email.toLowerCase(),
        emailVerified: true,
        name: external.name.slice(0, 120),
        image: null,
        superAdmin: false,
        lastOrganizationId: null,
        createdAt: now,
        updatedAt: now,
      }
  if (!known) {
    await insertUser(tx, user)
    // Whoever is first on an empty installation operates it.
    if (await promoteFirstUser(tx, user.id)) user.superAdmin = true
  }
  await insertAccount(tx, { userId: user.id, providerId, accountId: subject, now })
  const action = known ? 'social.link' : 'account.create'
  await recordAccountEvent(tx, platform, caller, user.id, action, { method: providerId })
  return { user, made: !known }
}
