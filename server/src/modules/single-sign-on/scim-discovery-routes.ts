import { defineRoute, type Route } from '../../platform/http/route.ts'
import { coreGroup, coreUser, enterpriseUser } from './adapters/scim-model.ts'
import { scimNotFound } from './errors.ts'
import { scimPath } from './present-scim.ts'
import * as contract from './scim-contract.ts'
import { listResponse, mostResults } from './scim-list.ts'
import type { SingleSignOn } from './single-sign-on.ts'

type Json = Record<string, unknown>

const tag = 'Provisioning'
const access = 'manage:provisioning'
const mediaType = 'application/scim+json'

/** What an identity provider asks before it provisions: what there is, and what is supported (RFC 7644, section 4). */
export function scimDiscoveryRoutes({ platform, model }: SingleSignOn): Route[] {
  const base = () => `${platform.publicUrl().replace(/\/$/, '')}${scimPath}`
  const lists = {
    ResourceTypes: () => resourceTypes(base()),
    Schemas: () => model.describeSchemas(`${base()}/Schemas`),
  }
  return [
    defineRoute(
      {
        method: 'get',
        path: `${scimPath}/ServiceProviderConfig`,
        tag,
        summary: 'What of SCIM is supported',
        access,
        response: { status: 200, description: 'What is supported', schema: contract.described, mediaType },
      },
      async () => serviceProviderConfig(base()),
    ),
    ...Object.entries(lists).flatMap(([name, list]) => [
      defineRoute(
        {
          method: 'get',
          path: `${scimPath}/${name}`,
          tag,
          summary: name === 'Schemas' ? 'The attributes of users and groups' : 'The kinds of resources',
          access,
          query: contract.discoveryQuery,
          response: { status: 200, description: 'All of them', schema: contract.describedList, mediaType },
        },
        async () => listResponse(list(), list().length),
      ),
      defineRoute(
        {
          method: 'get',
          path: `${scimPath}/${name}/{id}`,
          tag,
          summary: name === 'Schemas' ? 'One schema' : 'One kind of resource',
          access,
          params: contract.discoveryParams,
          response: { status: 200, description: 'It', schema: contract.described, mediaType },
          errors: [scimNotFound],
        },
        async ({ params }) => {
          const found = list().find((one) => one.id === params.id)
          if (!found) throw scimNotFound()
          return { schemas: [`urn:ietf:params:scim:schemas:core:2.0:${name.slice(0, -1)}`], ...found }
        },
      ),
    ]),
  ]
}

function serviceProviderConfig(base: string): Json {
  const no = { supported: false }
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: mostResults },
    changePassword: no,
    sort: no,
    etag: no,
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'API key',
        description: 'An API key that holds manage:provisioning, as a bearer token.',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}

function resourceTypes(base: string): Json[] {
  const type = (id: string, schema: string, schemaExtensions: Json[]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id,
    name: id,
    endpoint: `/${id}s`,
    schema,
    schemaExtensions,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  })
  return [type('User', coreUser, [{ schema: enterpriseUser, required: false }]), type('Group', coreGroup, [])]
}
