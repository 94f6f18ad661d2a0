import { expect } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { type Actor, signUp, type TestApp } from '../../testing/test-app.ts'
import type { NameServer } from './adapters/name-server.fixture.ts'

export interface Resource {
  id: string
  userName: string
  displayName?: string
  externalId?: string
  active: boolean
  name?: { givenName?: string; familyName?: string }
  emails: { value: string; type?: string; primary?: boolean }[]
  groups: { value: string; display: string }[]
  members: { value: string; display: string }[]
  meta: { location: string }
  schemas: string[]
  totalResults: number
  startIndex: number
  itemsPerPage: number
  Resources: Resource[]
  status: string
  scimType: string
  detail: string
  [extension: `urn:${string}`]: Record<string, unknown>
}

/** An organization that provisions, and its identity provider with an API key that can do nothing else. */
export interface Tenant {
  owner: Actor
  domain: string
  key: string
  scim(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; headers: Headers; body: Resource }>
  roleOf(email: string): Promise<string | undefined>
  actions(): Promise<string[]>
}

export async function createTenant({ on, names }: { on: TestApp; names: NameServer }): Promise<Tenant> {
  const owner = await signUp(on)
  const domain = `d-${newId()}.example`
  const added = await owner.call<{ id: string; record: { value: string } }>(
    'POST',
    '/api/v1/sign-in/domains',
    { domain },
  )
  names.records.set(domain, [added.body.record.value])
  expect((await owner.call('POST', `/api/v1/sign-in/domains/${added.body.id}/verify`)).status).toBe(200)
  const key = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', {
    name: 'of the identity provider',
    scopes: ['manage:provisioning'],
  })
  expect(key.status).toBe(201)
  return {
    owner,
    domain,
    key: key.body.key,
    async scim(method, path, body) {
      const response = await on.request(method, `/scim/v2${path}`, {
        token: key.body.key,
        headers: { 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (text !== '') expect(response.headers.get('content-type')).toBe('application/scim+json')
      // Each test reads the attributes it expects.
      return {
        status: response.status,
        headers: response.headers,
        body: (text ? JSON.parse(text) : {}) as Resource,
      }
    },
    async roleOf(email) {
      const path = `/api/v1/organizations/${owner.organizationId}/members?limit=200`
      const { body } = await owner.call<{
        data: { email: string; role: string; customRole: { name: string } | null }[]
      }>('GET', path)
      const member = body.data.find((one) => one.email === email)
      return member && (member.customRole?.name ?? member.role)
    },
    async actions() {
      const { body } = await owner.call<{ data: { action: string }[] }>('GET', '/api/v1/activity?limit=200')
      return body.data.map(({ action }) => action)
    },
  }
}

export const core = 'urn:ietf:params:scim:schemas:core:2.0'
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const patch = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})

export function newUser({ domain }: Tenant, name = `u-${newId()}`, more: object = {}) {
  return { schemas: [`${core}:User`], userName: `${name}@${domain}`, ...more }
}

export async function createUser(tenant: Tenant, name?: string, more?: object): Promise<Resource> {
  const made = await tenant.scim('POST', '/Users', newUser(tenant, name, more))
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body
}

export async function createGroup(tenant: Tenant, members: Resource[] = [], displayName = `g-${newId()}`) {
  const made = await tenant.scim('POST', '/Groups', {
    schemas: [`${core}:Group`],
    displayName,
    members: members.map(({ id }) => ({ value: id })),
  })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body
}

export async function tie(tenant: Tenant, group: Resource, body: object) {
  return tenant.owner.call('PUT', `/api/v1/sign-in/groups/${group.id}`, body)
}
