import { limitReached } from '../../platform/db/require-room.ts'
import { defineRoute, personId, type Route } from '../../platform/http/route.ts'
import { accountTx } from './account-tx.ts'
import { addPasskey } from './actions/add-passkey.ts'
import { beginPasskey } from './actions/begin-passkey.ts'
import { beginPasskeySignIn } from './actions/begin-passkey-sign-in.ts'
import { removePasskey } from './actions/remove-passkey.ts'
import { renamePasskey } from './actions/rename-passkey.ts'
import { signInWithPasskey } from './actions/sign-in-with-passkey.ts'
import * as contract from './contract.ts'
import {
  emailNotVerified,
  passkeyInvalid,
  passkeyNotFound,
  passkeyRefused,
  passwordWrong,
  tooManyAttempts,
} from './errors.ts'
import type { Identity } from './identity.ts'
import { limitAttempts } from './limit-attempts.ts'
import { listPasskeys } from './passkey-store.ts'
import { presentPasskey } from './present.ts'
import { tokenAnswerKeptMs } from './refresh-tokens.ts'
import { setCookies } from './set-cookies.ts'

const tag = 'Identity'
const path = '/api/v1/user/passkeys'

export function passkeyRoutes(identity: Identity): Route[] {
  const { platform } = identity
  return [
    defineRoute(
      {
        method: 'get',
        path,
        tag,
        summary: 'Your passkeys',
        access: 'person',
        response: { status: 200, description: 'All of them', schema: contract.passkeyList },
      },
      async ({ caller }) => {
        const rows = await accountTx(platform, (tx) => listPasskeys(tx, personId(caller)))
        return { data: rows.map(presentPasskey), nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: `${path}/options`,
        tag,
        summary: 'Begin to make a passkey: what navigator.credentials.create() takes',
        description: 'Whoever has a password sends it; a borrowed session makes no passkeys.',
        access: 'person',
        body: contract.passkeyBeginBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 200, description: 'The options', schema: contract.passkeyCreation },
        errors: [passwordWrong, tooManyAttempts],
      },
      ({ caller, body }) => beginPasskey(identity, caller, body.password),
    ),
    defineRoute(
      {
        method: 'post',
        path,
        tag,
        summary: 'Keep the passkey that the browser has made',
        access: 'person',
        body: contract.passkeyCreationBody,
        response: { status: 201, description: 'The passkey', schema: contract.passkey },
        errors: [passkeyInvalid, limitReached],
      },
      async ({ caller, body }) => presentPasskey(await addPasskey(identity, caller, body)),
    ),
    defineRoute(
      {
        method: 'patch',
        path: `${path}/{id}`,
        tag,
        summary: 'Rename a passkey',
        access: 'person',
        params: contract.ownIdParams,
        body: contract.passkeyBody,
        response: { status: 200, description: 'The passkey', schema: contract.passkey },
        errors: [passkeyNotFound],
      },
      async ({ caller, params, body }) =>
        presentPasskey(await renamePasskey(identity, caller, params.id, body.name)),
    ),
    defineRoute(
      {
        method: 'delete',
        path: `${path}/{id}`,
        tag,
        summary: 'Remove a passkey',
        access: 'person',
        params: contract.ownIdParams,
        response: { status: 204, description: 'Removed' },
        errors: [passkeyNotFound],
      },
      ({ caller, params }) => removePasskey(identity, caller, params.id),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/passkey/options',
        tag,
        summary: 'Begin to sign in with a passkey: what navigator.credentials.get() takes',
        access: 'public',
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 200, description: 'The options', schema: contract.passkeyRequest },
        errors: [tooManyAttempts],
      },
      async ({ caller }) => {
        await limitAttempts(platform, 'passkey', caller.ip)
        return beginPasskeySignIn(identity)
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/passkey/verify',
        tag,
        summary: 'Sign in with a passkey',
        access: 'public',
        body: contract.passkeySignInBody,
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 200, description: 'The new session', schema: contract.sessionWithTokens },
        errors: [passkeyRefused, emailNotVerified, tooManyAttempts],
      },
      async ({ caller, body, request, http }) => {
        await limitAttempts(platform, 'passkey', caller.ip)
        const opened = await signInWithPasskey(identity, caller, body, request.headers)
        setCookies(http, opened.cookies)
        return opened.body
      },
    ),
  ]
}
