import type { Caller } from '../../platform/context.ts'
import { accountTx } from './account-tx.ts'
import { accountNotMade, singleSignOnRequired } from './errors.ts'
import { type ExternalPerson, findOrMakePerson } from './external-person.ts'
import type { Identity } from './identity.ts'
import type { UserRow } from './store.ts'

/**
 * The person behind an account elsewhere, made where there is none: but never with an address whose organization asks for
 * single sign-on, nor from a provider that makes no accounts. Undefined when there is no verified address to go by.
 * @throws single_sign_on_required (403), account_not_made (401)
 */
export async function admitExternalPerson(
  identity: Pick<Identity, 'platform' | 'personalKeys' | 'signInPolicy'>,
  caller: Caller,
  external: ExternalPerson,
  { makesAccounts }: { makesAccounts: boolean },
): Promise<{ user: UserRow; made: boolean } | undefined> {
  const attempt = (may: { making: boolean; handingOver: boolean }) => {
    const find = () =>
      accountTx(identity.platform, (tx) => findOrMakePerson(identity, tx, caller, external, may))
    // Of two first times at once one makes the person; the other runs into the index and finds them.
    return find().catch(find)
  }
  const known = await attempt({ making: false, handingOver: false })
  if (known !== 'not_admitted') return known
  if (external.email !== null && (await identity.signInPolicy.mustUseSingleSignOnFor(external.email)))
    throw singleSignOnRequired()
  const admitted = await attempt({ making: makesAccounts, handingOver: true })
  if (admitted === 'not_admitted') throw accountNotMade()
  return admitted
}
