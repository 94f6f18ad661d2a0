import {
  type Permission,
  permissionsOfMachine,
  permissionsOfRole,
  type Role,
} from '../../../platform/auth/permissions.ts'
import type { Operation } from './operations.ts'
import { createPerson, makeKey, type Person, request } from './person.ts'
import type { ProofApp } from './proof-app.ts'
import { bearer } from './send.ts'
import type { Tenant } from './world.ts'

/** Somebody who calls, and what their role lets them do. */
export interface Member {
  name: string
  headers: Record<string, string>
  permissions: ReadonlySet<Permission>
  /** A machine may not do what is for people. */
  person: boolean
}

/** An admin, a member, a guest and an API key of the tenant, and a key that was revoked. */
export async function castOf(
  on: ProofApp,
  tenant: Tenant,
): Promise<{ members: Member[]; revokedKey: string; cookie: string }> {
  const roles: Role[] = ['admin', 'member', 'guest']
  const members: Member[] = []
  for (const role of roles) {
    const token = await join(tenant.owner, await createPerson(on, role), role)
    members.push({ name: role, headers: bearer(token), permissions: permissionsOfRole(role), person: true })
  }
  const key = await makeKey(on, tenant.owner)
  members.push({
    name: 'an API key',
    headers: bearer(key.key),
    permissions: permissionsOfMachine(permissionsOfRole('owner')),
    person: false,
  })
  const revoked = await makeKey(on, tenant.owner)
  await tenant.owner.call('DELETE', `/api/v1/api-keys/${revoked.id}`)
  return { members, revokedKey: revoked.key, cookie: await signInForCookie(on, tenant.owner) }
}

async function join(owner: Person, person: Person, role: Role): Promise<string> {
  const path = `/api/v1/organizations/${owner.organizationId}/members`
  const added = await owner.call('POST', path, { email: person.email, role })
  if (added.status !== 201)
    throw new Error(`Adding a ${role} failed: ${added.status} ${JSON.stringify(added.body)}`)
  const body = { organizationId: owner.organizationId }
  const switched = await person.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', body)
  if (switched.status !== 200) throw new Error(`Switching failed: ${switched.status}`)
  return switched.body.accessToken
}

async function signInForCookie(on: ProofApp, owner: Person): Promise<string> {
  const { email, password } = owner
  const response = await request(on, 'POST', '/api/v1/auth/signin', {}, { email, password })
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const check = await request(on, 'GET', '/api/v1/auth/session', { cookie })
  if (check.status !== 200) throw new Error(`A fresh cookie does not work: ${check.status}`)
  return cookie
}

/** Whether a member may call an operation, by its `x-access`. */
export function mayCall(member: Member, { access }: Operation): boolean {
  if (access === 'public' || access === 'signed-in') return true
  if (access === 'person') return member.person
  return [...member.permissions].some((permission) => permission === access)
}
