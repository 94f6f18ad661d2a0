import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import type { IssuedPerson } from './adapters/external-issuers.ts'
import { externalEmailUnverified } from './errors.ts'
import { findOrMakePerson } from './external-person.ts'
import type { Identity } from './identity.ts'
import type { UserRow } from './store.ts'

/**
 * The person of another issuer's token, made at their first request. They belong to no organization then: they make
 * one, or are invited.
 * @throws external_email_unverified, account_not_made (401), single_sign_on_required (403)
 */
export async function findExternalPerson(
  identity: Pick<Identity, 'platform' | 'personalKeys' | 'signInPolicy'>,
  { makesAccounts, ...external }: IssuedPerson,
  ip: string | null,
): Promise<UserRow> {
  const caller = { ...systemCaller('', newId()), organizationId: null, ip }
  const found = await findOrMakePerson(identity, caller, external, { makesAccounts })
  if (!found) throw externalEmailUnverified()
  return found.user
}
