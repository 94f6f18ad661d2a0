import { defineRoute, type Route } from '../../platform/http/route.ts'
import { confirmAddressChange } from './actions/confirm-address-change.ts'
import { requestAddressChange } from './actions/request-address-change.ts'
import { stopAddressChange } from './actions/stop-address-change.ts'
import { addressChangeBody, confirmAddressBody, letterPromised, stopAddressBody } from './contract.ts'
import {
  addressManaged,
  addressUnchanged,
  emailTaken,
  linkInvalid,
  passwordNeeded,
  passwordWrong,
  signInAgain,
  singleSignOnRequired,
  tooManyAttempts,
} from './errors.ts'
import type { Identity } from './identity.ts'
import { limitAttempts } from './limit-attempts.ts'

const tag = 'Identity'

/** Changing the address one signs in with. */
export function addressRoutes(identity: Identity): Route[] {
  const { platform } = identity
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/user/email',
        tag,
        summary: 'Ask for another e-mail address of your account',
        description:
          'Mails a link to the new address, which takes effect when it is opened, and tells the old one. Answered alike whether or not somebody has the new address.',
        access: 'person',
        body: addressChangeBody,
        response: { status: 202, description: 'A letter is on its way', schema: letterPromised },
        errors: [
          passwordWrong,
          signInAgain,
          singleSignOnRequired,
          addressManaged,
          addressUnchanged,
          tooManyAttempts,
        ],
      },
      async ({ body, caller }) => {
        await requestAddressChange(identity, caller, body)
        return {
          message: `A letter is on its way to ${body.newEmail}. Your address changes when its link is opened.`,
        }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/confirm-address',
        tag,
        summary: 'Use the e-mail address that a link was mailed to, and end the other sessions',
        description: 'By somebody who is signed in to the account, or with its password.',
        access: 'public',
        body: confirmAddressBody,
        response: { status: 204, description: 'The new address counts' },
        errors: [linkInvalid, passwordNeeded, addressManaged, emailTaken, tooManyAttempts],
      },
      async ({ body, caller, request }) => {
        await limitAttempts(platform, 'confirm-address', caller.ip)
        await confirmAddressChange(identity, caller, body, request.headers)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/stop-address-change',
        tag,
        summary: 'Call off or take back a change of address, by the link that the old one was sent',
        description:
          'Works for seven days, even when the new address counts already. Sessions and the password end; a letter to the old address sets a new one.',
        access: 'public',
        body: stopAddressBody,
        response: { status: 204, description: 'The old address counts' },
        errors: [linkInvalid, emailTaken, tooManyAttempts],
      },
      async ({ body, caller }) => {
        await limitAttempts(platform, 'stop-address-change', caller.ip)
        await stopAddressChange(identity, caller, body.token)
      },
    ),
  ]
}
