import { defineError } from '../../platform/errors.ts'

export const domainNotFound = defineError('single_sign_on.domain_not_found', 404, 'No such domain.')
export const domainRefused = defineError(
  'single_sign_on.domain_refused',
  422,
  'This domain belongs to everybody. Name one of your own.',
)
export const domainListed = defineError(
  'single_sign_on.domain_listed',
  409,
  'This domain is on the list already.',
)
export const domainNotProven = defineError(
  'single_sign_on.domain_not_proven',
  422,
  'The domain has no such TXT record. Add it and try again; it may take a while until it can be seen.',
)
export const domainTaken = defineError(
  'single_sign_on.domain_taken',
  409,
  'Another organization has verified this domain. It must remove the domain first.',
)
export const connectionNotFound = defineError(
  'single_sign_on.connection_not_found',
  404,
  'No identity provider is connected.',
)
export const issuerUnusable = defineError(
  'single_sign_on.issuer_unusable',
  422,
  'This issuer cannot be used.',
)
export const clientSecretMissing = defineError(
  'single_sign_on.client_secret_missing',
  422,
  'Send the client secret: it was not given yet, or was given to another issuer.',
)
export const noVerifiedDomain = defineError(
  'single_sign_on.no_verified_domain',
  422,
  'Verify a domain first: without one nobody can sign in this way.',
)
export const notSetUp = defineError(
  'single_sign_on.not_set_up',
  404,
  'Single sign-on is not set up for this address.',
)
export const providerUnreachable = defineError(
  'single_sign_on.provider_unreachable',
  502,
  'The identity provider could not be reached, or answered something else. Try again, or tell your administrator.',
)
export const tooManyAttempts = defineError(
  'single_sign_on.too_many_attempts',
  429,
  'Too many attempts. Wait a little and try again.',
)
export const groupNotFound = defineError('single_sign_on.group_not_found', 404, 'No such group.')

// ── SCIM: `details.scimType` is the word of RFC 7644, section 3.12 ───────────────────────────────────────────

export const scimNotFound = defineError('scim.not_found', 404, 'No such resource.')
export const scimUniqueness = defineError('scim.uniqueness', 409, 'Another resource has this value.')
export const scimInvalid = defineError('scim.invalid', 400, 'The request is not valid.')
export const scimProtected = defineError(
  'scim.protected',
  409,
  'Owners, and admins whom no group makes one, are not removed by provisioning. Give them another role in the organization first.',
)
