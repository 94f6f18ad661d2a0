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
export const emailNotVerified = defineError(
  'identity.email_not_verified',
  403,
  'Confirm your e-mail address first: open the link in the letter that was just sent again.',
)
export const linkInvalid = defineError(
  'identity.link_invalid',
  400,
  'This link is not valid, was used, or has expired. Ask for a new one.',
)
export const sessionNotFound = defineError('identity.session_not_found', 404, 'You have no such session.')
export const passwordRefused = defineError(
  'identity.password_refused',
  422,
  'This password is too easy to guess. Choose another one.',
)
export const passwordWrong = defineError('identity.password_wrong', 403, 'This is not your password.')
export const passwordNeeded = defineError(
  'identity.password_needed',
  403,
  'Sign in to the account whose address this confirms, or send its password along.',
)
export const passwordMissing = defineError(
  'identity.password_missing',
  409,
  'Your account has no password yet. Set one first, with the link of a letter from POST /api/v1/auth/forgot-password.',
)
export const signInAgain = defineError(
  'identity.sign_in_again',
  403,
  'Your account has no password to ask for. Sign out and in again, and do this within ten minutes; or set a password first.',
)
export const addressManaged = defineError(
  'identity.address_managed',
  409,
  'Your organization keeps your e-mail address, by single sign-on or provisioning. Ask its administrators to change it.',
)
export const addressUnchanged = defineError(
  'identity.address_unchanged',
  409,
  'This is the address your account has already.',
)
export const twoFactorFailed = defineError(
  'identity.two_factor_failed',
  401,
  'This sign-in has ended: it took too long, or there were too many wrong codes. Sign in again.',
)
export const twoFactorCodeWrong = defineError(
  'identity.two_factor_code_wrong',
  401,
  'This code is wrong, or was used before.',
)
export const twoFactorAlreadyOn = defineError(
  'identity.two_factor_already_on',
  409,
  'A second factor is on already. Switch it off first.',
)
export const twoFactorNotOn = defineError(
  'identity.two_factor_not_on',
  409,
  'There is no second factor to use.',
)
export const confirmationCodeWrong = defineError(
  'identity.confirmation_code_wrong',
  422,
  'This code is wrong. Check the time of your device, and send the code that is shown now.',
)
export const lastOwner = defineError(
  'identity.last_owner',
  409,
  'You are the last owner of an organization. Make somebody else its owner, or delete it, first.',
)
export const passkeyNotFound = defineError('identity.passkey_not_found', 404, 'You have no such passkey.')
export const passkeyRefused = defineError(
  'identity.passkey_refused',
  401,
  'This passkey was not accepted. Try again, or sign in another way.',
)
export const passkeyInvalid = defineError(
  'identity.passkey_invalid',
  422,
  'This answer of a passkey is not valid, or came too late. Ask for new options.',
)
export const providerUnknown = defineError(
  'identity.provider_unknown',
  404,
  'Signing in with this provider is not set up here.',
)
export const providerUnavailable = defineError(
  'identity.provider_unavailable',
  503,
  'This provider does not answer. Try again shortly, or sign in another way.',
)
export const socialSignInFailed = defineError(
  'identity.social_sign_in_failed',
  401,
  'This sign-in did not come to an end, took too long, or was begun in another browser. Try again.',
)
export const providerEmailUnverified = defineError(
  'identity.provider_email_unverified',
  403,
  'The provider has not confirmed your e-mail address. Confirm it there first, or sign up with a password.',
)
export const externalEmailUnverified = defineError(
  'identity.external_email_unverified',
  401,
  'The issuer of this token has not confirmed an e-mail address of yours, and nobody here is known by it.',
)
export const accountNotMade = defineError(
  'identity.account_not_made',
  401,
  'Nobody here has the address of this token, and its issuer makes no accounts. Sign up, or ask for an invitation.',
)
export const singleSignOnRequired = defineError(
  'identity.single_sign_on_required',
  403,
  'Your organization asks you to use single sign-on. Sign in with your e-mail address alone.',
)
