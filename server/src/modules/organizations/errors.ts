import { defineError } from '../../platform/errors.ts'

export const organizationNotFound = defineError('organizations.not_found', 404, 'No such organization.')
export const memberNotFound = defineError('organizations.member_not_found', 404, 'No such member.')
export const personNotFound = defineError(
  'organizations.person_not_found',
  422,
  'Nobody has signed up with this e-mail address yet. Ask them to sign up first.',
)
export const alreadyMember = defineError(
  'organizations.already_member',
  409,
  'This person is a member already.',
)
export const lastOwner = defineError(
  'organizations.last_owner',
  409,
  'This is the last owner. Make another member an owner first.',
)
export const ownersOnly = defineError(
  'organizations.owners_only',
  403,
  'Only an owner can make, change or remove owners.',
)
