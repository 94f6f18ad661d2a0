import type { Caller } from '../../platform/context.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import { recordAccountEvent } from './account-events.ts'
import { accountTx } from './account-tx.ts'
import type { SignInMethod } from './actions/complete-sign-in.ts'
import { accountNotMade, singleSignOnRequired } from './errors.ts'
import { handOverUnconfirmed } from './hand-over-unconfirmed.ts'
import type { Identity } from './identity.ts'
import { requireAllowedMethod } from './require-allowed-method.ts'
import {
  findUserByAccount,
  findUserByEmail,
  insertAccount,
  insertUser,
  promoteFirstUser,
  type UserRow,
} from './store.ts'

type External = Pick<Identity, 'platform' | 'personalKeys' | 'signInPolicy'>

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
 * verified it; else a new one, where one may be made. Undefined when there is no verified address to go by.
 * @param method how they come, where a refusal is to be written down in their account
 * @throws single_sign_on_required (403), account_not_made (401)
 */
export async function findOrMakePerson(
  identity: External,
  caller: Caller,
  external: ExternalPerson,
  { makesAccounts, method }: { makesAccounts: boolean; method?: SignInMethod },
): Promise<{ user: UserRow; made: boolean } | undefined> {
  const { providerId, subject, email, emailVerified } = external
  const linked = await accountTx(identity.platform, (tx) => findUserByAccount(tx, providerId, subject))
  if (linked) return { user: linked, made: false }
  if (email === null || !emailVerified) return undefined
  await requireOwnWay(identity, caller, email, method)
  const link = () =>
    accountTx(identity.platform, (tx) =>
      linkOrMake(identity, tx, caller, { ...external, email }, makesAccounts),
    )
  // Of two first sign-ins at once one makes the person; the other runs into the index and finds them.
  return link().catch(link)
}

/** Where single sign-on is required, nobody else's word links or makes an account: what it would refuse is not made. */
async function requireOwnWay(
  identity: External,
  caller: Caller,
  email: string,
  method: SignInMethod | undefined,
): Promise<void> {
  const { platform, signInPolicy } = identity
  const known = await accountTx(platform, (tx) => findUserByEmail(tx, email))
  if (known && method) return requireAllowedMethod(identity, caller, known.id, [method])
  const refused = known
    ? await signInPolicy.mustUseSingleSignOn(known.id)
    : await signInPolicy.mustUseSingleSignOnFor(email)
  if (refused) throw singleSignOnRequired()
}

async function linkOrMake(
  on: External,
  tx: SystemTx,
  caller: Caller,
  external: ExternalPerson & { email: string },
  makesAccounts: boolean,
): Promise<{ user: UserRow; made: boolean }> {
  const { platform } = on
  const { providerId, subject, email } = external
  const linked = await findUserByAccount(tx, providerId, subject)
  if (linked) return { user: linked, made: false }
  const now = platform.clock.now()
  const known = await findUserByEmail(tx, email)
  if (!known && !makesAccounts) throw accountNotMade()
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
