import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { AppError } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { removeConnection } from './actions/remove-connection.ts'
import { saveConnection } from './actions/save-connection.ts'
import { findConnection } from './connection-store.ts'
import * as contract from './contract.ts'
import { clientSecretMissing, connectionNotFound, issuerUnusable, noVerifiedDomain } from './errors.ts'
import { presentConnection, redirectUriOf } from './present.ts'
import type { SingleSignOn } from './single-sign-on.ts'

const tag = 'Single sign-on'
const path = '/api/v1/sign-in/connection'

export function connectionRoutes({ platform, provider }: SingleSignOn): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path,
        tag,
        summary: 'The connected identity provider, and what one has to be told before',
        access: 'manage:sign_in',
        response: {
          status: 200,
          description: 'The connection, if there is one',
          schema: contract.connectionSetup,
        },
      },
      async ({ caller }) => {
        const row = await readTenant(platform, caller, ({ tx }) => findConnection(tx))
        const publicUrl = platform.publicUrl()
        return {
          redirectUri: redirectUriOf(publicUrl),
          connection: row === undefined ? null : presentConnection(row, publicUrl),
        }
      },
    ),
    defineRoute(
      {
        method: 'put',
        path,
        tag,
        summary: 'Connect an identity provider',
        description: 'Any OpenID Connect provider. Its configuration is read before it is saved.',
        access: 'manage:sign_in',
        body: contract.connectionBody,
        response: { status: 200, description: 'The connection', schema: contract.connection },
        errors: [issuerUnusable, clientSecretMissing, noVerifiedDomain],
      },
      async ({ caller, body }) => {
        await provider.discover(body.issuer)
        const row = await withTenant(platform, caller, (scope) => saveConnection(scope, platform, body))
        return presentConnection(row, platform.publicUrl())
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path,
        tag,
        summary: 'Disconnect the identity provider',
        access: 'manage:sign_in',
        response: { status: 204, description: 'Disconnected' },
        errors: [connectionNotFound],
      },
      async ({ caller }) => {
        await withTenant(platform, caller, (scope) => removeConnection(platform, scope))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: `${path}/test`,
        tag,
        summary: 'Read an issuer’s configuration',
        access: 'manage:sign_in',
        body: contract.connectionTestBody,
        response: {
          status: 200,
          description: 'What was found, or what is wrong',
          schema: contract.connectionTest,
        },
        errors: [connectionNotFound],
      },
      async ({ caller, body }) => {
        const row = await readTenant(platform, caller, ({ tx }) => findConnection(tx))
        const issuer = body.issuer ?? row?.issuer
        if (issuer === undefined) throw connectionNotFound()
        try {
          const found = await provider.discover(issuer)
          return {
            ok: true,
            issuer,
            authorizationEndpoint: found.authorization_endpoint ?? null,
            tokenEndpoint: found.token_endpoint ?? null,
            problem: null,
          }
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          const { message: problem } = error
          return { ok: false, issuer, authorizationEndpoint: null, tokenEndpoint: null, problem }
        }
      },
    ),
  ]
}
