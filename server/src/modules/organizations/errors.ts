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
export const addressNotConfirmed = defineError(
  'organizations.address_not_confirmed',
  409,
  'Nobody has shown yet that this address is theirs. Send an invitation to it instead.',
)
export const alreadyOwner = defineError(
  'organizations.already_owner',
  422,
  'You own this organization already. Name another member.',
)
export const roleNotFound = defineError('organizations.role_not_found', 404, 'No such role.')
export const roleNameTaken = defineError(
  'organizations.role_name_taken',
  409,
  'Another role has this name. Choose another one.',
)
export const roleInUse = defineError(
  'organizations.role_in_use',
  409,
  'This role is in use. Give those who have it another one first.',
)
export const permissionNotGrantable = defineError(
  'organizations.permission_not_grantable',
  422,
  'A role cannot hold these permissions. GET /api/v1/permissions lists what it can hold.',
)
export const serviceAccountNotFound = defineError(
  'organizations.service_account_not_found',
  404,
  'No such service account.',
)
export const serviceAccountNameTaken = defineError(
  'organizations.service_account_name_taken',
  409,
  'Another service account has this name. Choose another one.',
)
export const invitationNotFound = defineError(
  'organizations.invitation_not_found',
  404,
  'No such invitation. A newer letter may have replaced it; otherwise ask for a new one.',
)
export const invitationOver = defineError(
  'organizations.invitation_over',
  410,
  'This invitation can no longer be accepted. Ask for a new one.',
)
export const invitationForAnother = defineError(
  'organizations.invitation_for_another',
  403,
  'This invitation was sent to another e-mail address. Sign in with that one to accept it.',
)
export const tooManyInvitations = defineError(
  'organizations.too_many_invitations',
  429,
  'Too many invitations were sent. Try again later.',
)
export const confirmationWrong = defineError(
  'organizations.confirmation_wrong',
  422,
  'To confirm, send the slug of the organization as "confirm".',
)
export const restoreTooLate = defineError(
  'organizations.restore_too_late',
  410,
  'The organization was deleted more than 30 days ago and cannot be restored any more.',
)
export const deletedByOperator = defineError(
  'organizations.deleted_by_operator',
  403,
  'Those who run this installation deleted the organization; only they can restore it.',
)
export const unknownModel = defineError(
  'organizations.unknown_model',
  422,
  'There is no such model here. GET /api/v1/models lists all.',
)
export const defaultModelNotAllowed = defineError(
  'organizations.default_model_not_allowed',
  422,
  'Where models are restricted, the default model must be one of those allowed.',
)
