import { domainOf } from './sign-in-domain.ts'

/**
 * The domains that must be the organization's own before its identity provider is believed who somebody is. Undefined
 * where one cannot be told. Anybody may have a Google account of their own with an address at work, and keep it when
 * they leave; `hd` says that the account belongs to the organization.
 */
export function domainsToVerify(
  issuer: string,
  asserted: { email: string; hostedDomain: string | undefined },
): string[] | undefined {
  const domain = domainOf(asserted.email)
  if (domain === undefined) return undefined
  if (URL.parse(issuer)?.hostname !== 'accounts.google.com') return [domain]
  return asserted.hostedDomain === undefined ? undefined : [domain, asserted.hostedDomain]
}
