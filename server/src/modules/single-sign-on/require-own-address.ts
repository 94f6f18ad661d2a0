import type { TenantTx } from '../../platform/db/types.ts'
import { isVerifiedDomain } from './domain-store.ts'
import { scimInvalid } from './errors.ts'
import { addressOf } from './rules/scim-address.ts'
import { domainOf } from './rules/sign-in-domain.ts'

/** The address of a user who is provisioned: one of the organization's own. @throws scim.invalid (400) */
export async function requireOwnAddress(
  tx: TenantTx,
  user: Readonly<Record<string, unknown>>,
): Promise<string> {
  const email = addressOf(user)
  const details = { scimType: 'invalidValue' }
  if (email === undefined)
    throw scimInvalid({ message: 'A user needs an e-mail address: in emails, or as userName.', details })
  const domain = domainOf(email)
  if (domain === undefined || !(await isVerifiedDomain(tx, domain)))
    throw scimInvalid({ message: 'The address is of no domain that the organization has verified.', details })
  return email
}
