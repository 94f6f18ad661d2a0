import { defineRoute, type Route } from '../../platform/http/route.ts'
import { changePassword } from './actions/change-password.ts'
import { requestPasswordReset } from './actions/request-password-reset.ts'
import { resendVerification } from './actions/resend-verification.ts'
import { resetPassword } from './actions/reset-password.ts'
import { verifyEmail } from './actions/verify-email.ts'
import {
  changePasswordBody,
  emailBody,
  letterPromised,
  resetPasswordBody,
  verifyEmailBody,
} from './contract.ts'
import {
  linkInvalid,
  passwordMissing,
  passwordNeeded,
  passwordRefused,
  passwordWrong,
  tooManyAttempts,
} from './errors.ts'
import type { Identity } from './identity.ts'
import { limitAttempts } from './limit-attempts.ts'
import { setCookies } from './set-cookies.ts'

const tag = 'Identity'
const promise = { message: 'If this address has an account that needs it, a letter is on its way.' }

/** Letters with links, and passwords. */
export function passwordRoutes(identity: Identity): Route[] {
  const { platform } = identity
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/verify-email',
        tag,
        summary: 'Confirm an e-mail address by the link that was mailed to it',
        description: 'By somebody who is signed in to the account, or with its password.',
        access: 'public',
        body: verifyEmailBody,
        response: { status: 204, description: 'Confirmed' },
        errors: [linkInvalid, passwordNeeded, tooManyAttempts],
      },
      async ({ body, caller, request }) => {
        await limitAttempts(platform, 'verify-email', caller.ip)
        await verifyEmail(identity, caller, body, request.headers)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/resend-verification',
        tag,
        summary: 'Mail the link that confirms an address once more',
        description: 'Answered alike whether or not there is such an account.',
        access: 'public',
        body: emailBody,
        response: { status: 202, description: 'Mailed, if it is needed', schema: letterPromised },
        errors: [tooManyAttempts],
      },
      async ({ body, caller }) => {
        await limitAttempts(platform, 'resend-verification', caller.ip)
        await resendVerification(identity, caller, body.email)
        return promise
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/forgot-password',
        tag,
        summary: 'Mail a link that sets a new password',
        description: 'Answered alike, and as late, whether or not there is such an account.',
        access: 'public',
        body: emailBody,
        response: { status: 202, description: 'Mailed, if there is such an account', schema: letterPromised },
        errors: [tooManyAttempts],
      },
      async ({ body, caller }) => {
        await limitAttempts(platform, 'forgot-password', caller.ip)
        await requestPasswordReset(identity, caller, body.email)
        return promise
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/reset-password',
        tag,
        summary: 'Set a new password by the link that was mailed, and end every session',
        access: 'public',
        body: resetPasswordBody,
        response: { status: 204, description: 'The new password counts' },
        errors: [linkInvalid, passwordRefused, tooManyAttempts],
      },
      async ({ body, caller, request, http }) => {
        await limitAttempts(platform, 'reset-password', caller.ip)
        setCookies(http, [await resetPassword(identity, caller, body, request.headers)])
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/user/password',
        tag,
        summary: 'Change your password, and end your other sessions',
        access: 'person',
        body: changePasswordBody,
        response: { status: 204, description: 'The new password counts' },
        errors: [passwordWrong, passwordMissing, passwordRefused, tooManyAttempts],
      },
      ({ body, caller }) => changePassword(identity, caller, body),
    ),
  ]
}
