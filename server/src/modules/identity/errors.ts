import { defineError } from '../../platform/errors.ts'

export const emailTaken = defineError(
  'identity.email_taken',
  409,
  'An account with this e-mail address exists. Sign in instead.',
)
export const invalidCredentials = defineError(
  'identity.invalid_credentials',
  401,
  'The e-mail address or the password is wrong.',
)
export const tokenInvalid = defineError(
  'identity.token_invalid',
  401,
  'This access token is not valid or has expired. Refresh it, or sign in again.',
)
export const refreshTokenInvalid = defineError(
  'identity.refresh_token_invalid',
  401,
  'This refresh token is not valid any more. Sign in again.',
)
export const refreshTokenReused = defineError(
  'identity.refresh_token_reused',
  401,
  'This refresh token was used before, so every token of that sign-in was revoked. Sign in again.',
)
export const notAMember = defineError(
  'identity.not_a_member',
  404,
  'You are not a member of such an organization.',
)
export const tooManyAttempts = defineError(
  'identity.too_many_attempts',
  429,
  'Too many attempts. Wait a little and try again.',
)
