import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiKeyLimit } from '../modules/api-keys/require-room-for-key.ts'
import { passkeyLimit } from '../modules/identity/actions/add-passkey.ts'
import { ask, password, signIn } from '../modules/identity/identity.fixture.ts'
import { mostSessions } from '../modules/identity/session-store.ts'
import { SoftAuthenticator } from '../modules/identity/soft-authenticator.fixture.ts'
import {
  invitationLimit,
  organizationLimit,
  roleLimit,
  serviceAccountLimit,
} from '../modules/organizations/count-limits.ts'
import { domainLimit } from '../modules/single-sign-on/actions/add-domain.ts'
import { scimGroupLimit } from '../modules/single-sign-on/actions/create-scim-group.ts'
import type { CountLimit } from '../platform/db/require-room.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../testing/test-app.ts'
import { testsOnPostgres } from '../testing/test-database.ts'

/** What somebody could make without end, were there no limit. */
let on: TestApp
let ada: Actor
beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
beforeEach(async () => {
  ada = await signUp(on)
})
afterAll(() => on.dispose())

interface Kind {
  limit: CountLimit
  /** Columns and values of as many rows as it takes, `n` being the number of each. */
  fill: string
  /** Makes one more, different from all others. */
  make(index: number): Promise<Response>
}

const post = (path: string, body: object, token = ada.token) =>
  on.request('POST', `/api/v1/${path}`, { token, body })
const inOrganization = (path: string) => `organizations/${ada.organizationId}/${path}`

const kinds: Record<string, Kind> = {
  'API keys': {
    limit: apiKeyLimit,
    fill: `api_keys (organization_id, id, name, prefix, key_hash, created_at)
      select $1, gen_random_uuid(), 'k', 'fh_', 'hash ' || n || $1::text, now()`,
    make: (index) => post('api-keys', { name: `k${index}` }),
  },
  roles: {
    limit: roleLimit,
    fill: `roles (organization_id, id, name, permissions, created_at, updated_at)
      select $1, gen_random_uuid(), 'role ' || n, '{}', now(), now()`,
    make: (index) =>
      post(inOrganization('roles'), { name: `r${index}`, description: '', permissions: ['read:usage'] }),
  },
  'service accounts': {
    limit: serviceAccountLimit,
    fill: `service_accounts (organization_id, id, name, role, created_at, updated_at)
      select $1, gen_random_uuid(), 'account ' || n, 'member', now(), now()`,
    make: (index) => post('service-accounts', { name: `s${index}`, role: 'member' }),
  },
  invitations: {
    limit: invitationLimit,
    fill: `invitations (organization_id, id, email, role, token_hash, created_at, sent_at, expires_at)
      select $1, gen_random_uuid(), n || '@example.com', 'member', 'hash ' || n || $1::text, now(), now(), now()`,
    make: (index) =>
      post(inOrganization('invitations'), {
        email: `new-${index}-${ada.userId}@example.com`,
        role: 'member',
      }),
  },
  organizations: {
    limit: organizationLimit,
    // One was made by signing up.
    fill: `organizations (id, name, slug, created_at, updated_at, created_by)
      select gen_random_uuid(), 'o', 'o-' || n || $2::text, now(), now(), $2`,
    make: (index) => post('organizations', { name: `o${index}` }),
  },
  domains: {
    limit: domainLimit,
    fill: `sign_in_domains (organization_id, id, domain, token, created_at)
      select $1, gen_random_uuid(), 'd' || n || '.example', 'x', now()`,
    make: (index) => post('sign-in/domains', { domain: `new${index}.acme-corporation.com` }),
  },
  groups: {
    limit: scimGroupLimit,
    fill: `scim_groups (organization_id, id, display_name, created_at, updated_at)
      select $1, gen_random_uuid(), 'group ' || n, now(), now()`,
    async make(index) {
      const { body } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys', {
        name: 'provisioning',
        scopes: ['manage:provisioning'],
      })
      return on.request('POST', '/scim/v2/Groups', { token: body.key, body: { displayName: `g${index}` } })
    },
  },
}

/** Rows as they would be there after somebody had made so many. */
async function fill({ fill: columns, limit }: Kind, rows: number): Promise<void> {
  const count = rows - (limit === organizationLimit ? 1 : 0)
  await on.platform.database.query(
    // Names the parameters' types, whichever of them the rest uses.
    `with given as (select $1::uuid as a, $2::uuid as b)
     insert into freehold.${columns} from generate_series(1, $3::int) n`,
    [ada.organizationId, ada.userId, count],
  )
}

describe.each(Object.entries(kinds))('%s', (_name, kind) => {
  test('are limited, and the refusal says by what and what to do', async () => {
    await fill(kind, kind.limit.most - 1)
    expect((await kind.make(1)).status).toBe(201)
    const refused = await kind.make(2)
    expect(refused.status).toBe(409)
    const text = await refused.text()
    expect(text).toContain(kind.limit.message)
  })

  test.skipIf(!testsOnPostgres)('are limited for twenty at once as for one (PostgreSQL only)', async () => {
    await fill(kind, kind.limit.most - 1)
    const answers = await Promise.all(Array.from({ length: 20 }, (_none, index) => kind.make(index)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)])
  })
})

test('a refusal by a limit names it to programs', async () => {
  const kind = kinds.roles
  if (!kind) throw new Error('There are roles.')
  await fill(kind, kind.limit.most)
  expect(await (await kind.make(1)).json()).toMatchObject({
    error: { code: 'limit_reached', details: { limit: 'roles', most: kind.limit.most } },
  })
})

test('an address that is invited is sent another letter however many others are', async () => {
  const kind = kinds.invitations
  if (!kind) throw new Error('There are invitations.')
  await fill(kind, kind.limit.most - 1)
  expect((await kind.make(1)).status).toBe(201)
  expect((await kind.make(1)).status).toBe(201)
})

test('a key of which there are too many is not replaced by two that work', async () => {
  const { body } = await ada.call<{ id: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
  const kind = kinds['API keys']
  if (!kind) throw new Error('There are keys.')
  await fill(kind, kind.limit.most - 1)
  expect((await post(`api-keys/${body.id}/rotate`, {})).status).toBe(409)
})

test('passkeys are limited', async () => {
  await on.platform.database.query(
    `insert into freehold.passkeys (id, user_id, credential_id, public_key, counter, transports, backed_up, name, created_at)
     select gen_random_uuid(), $1::uuid, replace(gen_random_uuid()::text, '-', ''), '\\x00', 0, '{}', false, 'p', now()
     from generate_series(1, $2::int) n`,
    [ada.userId, passkeyLimit.most],
  )
  const path = '/api/v1/user/passkeys'
  const begun = await ada.call<{ registrationToken: string; options: Record<string, unknown> }>(
    'POST',
    `${path}/options`,
    { password },
  )
  const { registrationToken, options } = begun.body
  const response = new SoftAuthenticator().create(options)
  const refused = await ada.call('POST', path, { registrationToken, name: 'One more', response })
  expect(refused).toMatchObject({ status: 409, body: { error: { details: { limit: 'passkeys' } } } })
})

test('of too many sessions those end that were not used for longest, and nobody is kept out', async () => {
  await on.platform.database.query(
    `insert into freehold.sessions (id, user_id, token, expires_at, created_at, updated_at)
     select gen_random_uuid(), $1::uuid, 'token ' || n || $1::uuid, $2::timestamptz + interval '1 day',
       $2::timestamptz - interval '1 day', now()
     from generate_series(1, $3::int) n`,
    [ada.userId, on.platform.clock.now(), mostSessions + 20],
  )
  const entered = await signIn(on, ada.email)
  expect(entered.status).toBe(200)
  const left = await on.platform.database.query('select 1 from freehold.sessions where user_id = $1', [
    ada.userId,
  ])
  expect(left).toHaveLength(mostSessions)
  for (const token of [ada.token, entered.body.accessToken])
    expect((await ask(on, 'GET', '/api/v1/user/profile', { token })).status).toBe(200)
})
