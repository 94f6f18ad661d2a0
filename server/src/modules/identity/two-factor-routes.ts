import { defineRoute, type Route } from '../../platform/http/route.ts'
import { beginTwoFactor } from './actions/begin-two-factor.ts'
import { confirmTwoFactor } from './actions/confirm-two-factor.ts'
import { describeTwoFactor } from './actions/describe-two-factor.ts'
import { disableTwoFactor } from './actions/disable-two-factor.ts'
import { passSecondFactor } from './actions/pass-second-factor.ts'
import { renewRecoveryCodes } from './actions/renew-recovery-codes.ts'
import * as contract from './contract.ts'
import {
  confirmationCodeWrong,
  emailNotVerified,
  invalidCredentials,
  passwordMissing,
  passwordWrong,
  tooManyAttempts,
  twoFactorAlreadyOn,
  twoFactorCodeWrong,
  twoFactorFailed,
  twoFactorNotOn,
} from './errors.ts'
import type { Identity } from './identity.ts'
import { tokenAnswerKeptMs } from './refresh-tokens.ts'
import { setCookies } from './set-cookies.ts'

const tag = 'Identity'
const path = '/api/v1/user/two-factor'

/** The second factor: switching it on and off, and signing in with it. */
export function twoFactorRoutes(identity: Identity): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path,
        tag,
        summary: 'Whether your second factor is on',
        access: 'person',
        response: { status: 200, description: 'Its state', schema: contract.twoFactorState },
      },
      ({ caller }) => describeTwoFactor(identity, caller),
    ),
    defineRoute(
      {
        method: 'post',
        path,
        tag,
        summary: 'Make the secret of a second factor, which a first code then switches on',
        access: 'person',
        body: contract.confirmationBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: {
          status: 201,
          description: 'The secret and the recovery codes',
          schema: contract.twoFactorSecret,
        },
        errors: [passwordWrong, passwordMissing, twoFactorAlreadyOn, tooManyAttempts],
      },
      ({ caller, body }) => beginTwoFactor(identity, caller, body.password),
    ),
    defineRoute(
      {
        method: 'post',
        path: `${path}/confirm`,
        tag,
        summary: 'Switch the second factor on, with a code of the app',
        access: 'person',
        body: contract.codeBody,
        response: { status: 204, description: 'It is on' },
        errors: [confirmationCodeWrong, twoFactorNotOn, twoFactorAlreadyOn, tooManyAttempts],
      },
      ({ caller, body }) => confirmTwoFactor(identity, caller, body.code),
    ),
    defineRoute(
      {
        method: 'post',
        path: `${path}/disable`,
        tag,
        summary: 'Switch the second factor off',
        access: 'person',
        body: contract.confirmationBody,
        response: { status: 204, description: 'It is off' },
        errors: [passwordWrong, passwordMissing, twoFactorNotOn, tooManyAttempts],
      },
      ({ caller, body }) => disableTwoFactor(identity, caller, body.password),
    ),
    defineRoute(
      {
        method: 'post',
        path: `${path}/recovery-codes`,
        tag,
        summary: 'Make new recovery codes; the old ones end',
        access: 'person',
        body: contract.confirmationBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 201, description: 'The new codes', schema: contract.newRecoveryCodes },
        errors: [passwordWrong, passwordMissing, twoFactorNotOn, tooManyAttempts],
      },
      async ({ caller, body }) => ({
        recoveryCodes: await renewRecoveryCodes(identity, caller, body.password),
      }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/two-factor',
        tag,
        summary: 'Finish a sign-in with a code of the second factor',
        access: 'public',
        body: contract.twoFactorBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 200, description: 'The new session', schema: contract.sessionWithTokens },
        errors: [invalidCredentials, twoFactorCodeWrong, twoFactorFailed, emailNotVerified, tooManyAttempts],
      },
      async ({ body, caller, request, http }) => {
        const opened = await passSecondFactor(identity, caller, body, request.headers)
        setCookies(http, opened.cookies)
        return opened.body
      },
    ),
  ]
}
