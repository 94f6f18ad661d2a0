import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import { accountTx } from './account-tx.ts'
import { externalEmailUnverified } from './errors.ts'
import { type ExternalPerson, findOrMakePerson } from './external-person.ts'
import type { Identity } from './identity.ts'
import type { UserRow } from './store.ts'

/**
 * The person of another issuer's token, made at their first request. They belong to no organization then: they make
 * one, or are invited. @throws external_email_unverified (401)
 */
export async function findExternalPerson(
  identity: Pick<Identity, 'platform' | 'personalKeys'>,
  external: ExternalPerson,
  ip: string | null,
): Promise<UserRow> {
  const caller = { ...systemCaller('', newId()), organizationId: null, ip }
  const find = () => accountTx(identity.platform, (tx) => findOrMakePerson(identity, tx, caller, external))
  // Of two first requests at once one makes the person; the other runs into the index and finds them.
  const found = await find().catch(find)
  if (!found) throw externalEmailUnverified()
  return found.user
}
