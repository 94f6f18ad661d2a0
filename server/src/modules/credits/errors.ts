import { defineError } from '../../platform/errors.ts'

export const creditOrganizationNotFound = defineError(
  'credits.organization_not_found',
  404,
  'There is no such organization.',
)
export const creditGrantNotFound = defineError('credits.grant_not_found', 404, 'There is no such grant.')
export const nothingToRevoke = defineError(
  'credits.nothing_to_revoke',
  409,
  'Nothing of this grant is left that no call holds.',
)
export const creditExpiryInPast = defineError(
  'credits.expiry_in_past',
  422,
  'The expiry must be in the future.',
)
