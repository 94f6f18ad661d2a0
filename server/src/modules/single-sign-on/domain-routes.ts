import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { addDomain } from './actions/add-domain.ts'
import { removeDomain } from './actions/remove-domain.ts'
import { verifyDomain } from './actions/verify-domain.ts'
import * as contract from './contract.ts'
import { listDomains } from './domain-store.ts'
import { domainListed, domainNotFound, domainNotProven, domainRefused, domainTaken } from './errors.ts'
import { presentDomain } from './present.ts'
import type { SingleSignOn } from './single-sign-on.ts'

const tag = 'Single sign-on'

export function domainRoutes(sso: SingleSignOn): Route[] {
  const { platform } = sso
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/sign-in/domains',
        tag,
        summary: 'The domains of the organization’s addresses',
        access: 'manage:sign_in',
        query: contract.domainListQuery,
        response: { status: 200, description: 'A page of domains', schema: contract.domainList },
      },
      async ({ caller, query }) => {
        const afterId = decodeIdCursor(query.cursor)
        const rows = await readTenant(platform, caller, ({ tx }) =>
          listDomains(tx, { limit: query.limit, afterId }),
        )
        const page = toPage(rows, query.limit, (row) => [row.id])
        return { ...page, data: page.data.map(presentDomain) }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/sign-in/domains',
        tag,
        summary: 'Name a domain of yours',
        description: 'It counts once the TXT record of the answer is in its DNS and it was verified.',
        access: 'manage:sign_in',
        body: contract.domainBody,
        response: { status: 201, description: 'The domain and its record', schema: contract.domain },
        errors: [domainListed, domainRefused, limitReached],
      },
      async ({ caller, body }) =>
        presentDomain(await withTenant(platform, caller, (scope) => addDomain(scope, body.domain))),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/sign-in/domains/{id}/verify',
        tag,
        summary: 'Look for the record of a domain',
        access: 'manage:sign_in',
        params: contract.domainParams,
        response: { status: 200, description: 'The verified domain', schema: contract.domain },
        errors: [domainNotFound, domainTaken, domainNotProven],
      },
      async ({ caller, params }) => presentDomain(await verifyDomain(sso, caller, params.id)),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/sign-in/domains/{id}',
        tag,
        summary: 'Remove a domain',
        access: 'manage:sign_in',
        params: contract.domainParams,
        response: { status: 204, description: 'Removed' },
        errors: [domainNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => removeDomain(platform, scope, params.id))
      },
    ),
  ]
}
