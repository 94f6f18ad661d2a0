import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'
import { type NameServer, startNameServer } from './adapters/name-server.fixture.ts'
import {
  core,
  createGroup,
  createUser,
  enterprise,
  createTenant as makeTenant,
  newUser,
  patch,
  tie,
} from './provisioning.fixture.ts'

let names: NameServer
let on: TestApp
const createTenant = () => makeTenant({ on, names })

beforeAll(async () => {
  names = await startNameServer()
  on = await createTestApp({ FREEHOLD_DNS_SERVERS: names.address })
})
afterAll(async () => {
  await on.dispose()
  await names.close()
})

describe('a user', () => {
  test('lives: made, found, changed, deactivated, activated, removed', async () => {
    const tenant = await createTenant()
    const email = `ada@${tenant.domain}`
    const made = await tenant.scim('POST', '/Users', {
      ...newUser(tenant, 'Ada', { externalId: 'e-1', active: true, password: 'never taken 123' }),
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ value: email.toUpperCase(), type: 'work', primary: true }],
      [enterprise]: { department: 'Engines' },
    })
    expect(made.status).toBe(201)
    const { id } = made.body
    expect(made.body).toMatchObject({
      schemas: [`${core}:User`, enterprise],
      userName: `Ada@${tenant.domain}`,
      externalId: 'e-1',
      active: true,
      emails: [{ value: email, type: 'work', primary: true }],
      [enterprise]: { department: 'Engines' },
      groups: [],
      meta: { resourceType: 'User', location: `http://localhost/scim/v2/Users/${id}` },
    })
    expect(made.body).not.toHaveProperty('password')
    expect(made.headers.get('location')).toBe(made.body.meta.location)
    expect((await tenant.scim('GET', `/Users/${id}`)).body).toEqual(made.body)
    expect(await tenant.roleOf(email)).toBe('member')

    const replaced = await tenant.scim(
      'PUT',
      `/Users/${id}`,
      newUser(tenant, 'ada', { displayName: 'Countess' }),
    )
    expect(replaced.body).toMatchObject({ userName: email, displayName: 'Countess', active: true })
    expect(replaced.body).not.toHaveProperty('externalId')

    await tenant.scim('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }))
    expect(await tenant.roleOf(email)).toBeUndefined()
    expect((await tenant.scim('GET', `/Users/${id}`)).body.active).toBe(false)
    const again = await tenant.scim(
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'replace', value: { active: true } }),
    )
    expect(again.body.active).toBe(true)
    expect(await tenant.roleOf(email)).toBe('member')

    expect((await tenant.scim('DELETE', `/Users/${id}`)).status).toBe(204)
    expect(await tenant.roleOf(email)).toBeUndefined()
    expect((await tenant.scim('GET', `/Users/${id}`)).status).toBe(404)
    expect((await tenant.scim('DELETE', `/Users/${id}`)).status).toBe(404)
    // The account is the person's own.
    const people = await on.platform.database.query('select 1 from freehold.users where email = $1', [email])
    expect(people).toHaveLength(1)
    expect(await tenant.actions()).toEqual(
      expect.arrayContaining([
        'scim_user.create',
        'scim_user.change',
        'scim_user.delete',
        'member.add',
        'member.remove',
      ]),
    )
  })

  test('who is removed is out at once, with their session and in their other organization untouched', async () => {
    const tenant = await createTenant()
    const email = `known@${tenant.domain}`
    const password = 'correct horse battery'
    await on.request('POST', '/api/v1/auth/signup', { body: { email, password, name: 'Known' } })
    await on.platform.database.query('update freehold.users set email_verified = true where email = $1', [
      email,
    ])
    const user = await createUser(tenant, 'known')
    const signedIn = await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })
    const { accessToken } = (await signedIn.json()) as { accessToken: string } // the contract of signing in
    const { organizationId } = tenant.owner
    const switchTo = () =>
      on.request('POST', '/api/v1/auth/switch', { token: accessToken, body: { organizationId } })
    expect((await switchTo()).status).toBe(200)
    await tenant.scim('DELETE', `/Users/${user.id}`)
    expect((await switchTo()).status).toBe(404)
    const session = await on.request('GET', '/api/v1/auth/session', { token: accessToken })
    const { organizations } = (await session.json()) as { organizations: unknown[] } // the route's contract
    expect(organizations).toHaveLength(1)
  })

  test('has an address of a domain that the organization has verified', async () => {
    const [tenant, other] = [await createTenant(), await createTenant()]
    for (const userName of [other.owner.email, `a@${other.domain}`, `a@sub.${tenant.domain}`, 'no address']) {
      const refused = await tenant.scim('POST', '/Users', { ...newUser(tenant), userName })
      expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidValue', status: '400' } })
    }
    const user = await createUser(tenant)
    const moved = await tenant.scim(
      'PATCH',
      `/Users/${user.id}`,
      patch({ op: 'replace', path: 'emails', value: [{ value: `a@${other.domain}`, primary: true }] }),
    )
    expect(moved.status).toBe(400)
    const people = await on.platform.database.query('select 1 from freehold.users where email like $1', [
      `%@${other.domain}`,
    ])
    expect(people).toHaveLength(0)
  })

  test('is there once: the name and the person are refused a second time', async () => {
    const tenant = await createTenant()
    const user = await createUser(tenant, 'ada')
    const other = await createUser(tenant)
    for (const body of [
      newUser(tenant, 'ADA'),
      newUser(tenant, 'another', { emails: [{ value: user.userName, primary: true }] }),
    ]) {
      const second = await tenant.scim('POST', '/Users', body)
      expect(second).toMatchObject({ status: 409, body: { scimType: 'uniqueness', status: '409' } })
    }
    const renamed = await tenant.scim('PUT', `/Users/${other.id}`, newUser(tenant, 'Ada'))
    expect(renamed).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
  })

  test('who is an owner is neither removed nor given another role', async () => {
    const tenant = await createTenant()
    const user = await createUser(tenant, 'boss')
    const people = await on.platform.database.query('select id from freehold.users where email = $1', [
      user.userName,
    ])
    const member = `/api/v1/organizations/${tenant.owner.organizationId}/members/${String(people[0]?.id)}`
    expect((await tenant.owner.call('PATCH', member, { role: 'owner' })).status).toBe(204)
    const group = await createGroup(tenant, [user])
    expect((await tie(tenant, group, { role: 'guest' })).status).toBe(200)
    expect((await tenant.scim('DELETE', `/Users/${user.id}`)).status).toBe(409)
    const off = await tenant.scim(
      'PATCH',
      `/Users/${user.id}`,
      patch({ op: 'replace', path: 'active', value: 'False' }),
    )
    expect(off).toMatchObject({ status: 409, body: { status: '409' } })
    expect(await tenant.roleOf(user.userName)).toBe('owner')
  })

  test('who comes inactive is no member', async () => {
    const tenant = await createTenant()
    const user = await createUser(tenant, 'ada', { active: 'False' })
    expect(user.active).toBe(false)
    expect(await tenant.roleOf(user.userName)).toBeUndefined()
  })
})

test('an account that was made with an address nobody had confirmed comes without what was set up before', async () => {
  const tenant = await createTenant()
  const email = `victim@${tenant.domain}`
  const password = 'of the attacker 1'
  const made = await on.request('POST', '/api/v1/auth/signup', {
    body: { email, password, name: 'Attacker' },
  })
  const { accessToken } = (await made.json()) as { accessToken: string } // the contract of signing up
  await createUser(tenant, 'victim')
  expect(await tenant.roleOf(email)).toBe('member')
  expect((await on.request('GET', '/api/v1/auth/session', { token: accessToken })).status).toBe(401)
  expect((await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })).status).toBe(401)
})

test('who is a member already is taken over as they are', async () => {
  const tenant = await createTenant()
  const email = `early@${tenant.domain}`
  const password = 'correct horse battery'
  await on.request('POST', '/api/v1/auth/signup', { body: { email, password, name: 'Early' } })
  const members = `/api/v1/organizations/${tenant.owner.organizationId}/members`
  expect((await tenant.owner.call('POST', members, { email, role: 'admin' })).status).toBe(201)
  await createUser(tenant, 'early')
  expect(await tenant.roleOf(email)).toBe('admin')
  expect((await on.request('POST', '/api/v1/auth/signin', { body: { email, password } })).status).toBe(200)
})

describe('lists', () => {
  test('are filtered as identity providers do, and as the protocol allows', async () => {
    const tenant = await createTenant()
    const ada = await createUser(tenant, 'ada', { externalId: 'x-1', displayName: 'Ada', title: 'Countess' })
    const bob = await createUser(tenant, 'bob', {
      emails: [{ value: `Robert@${tenant.domain}`, type: 'work' }],
    })
    await tenant.scim('PATCH', `/Users/${bob.id}`, patch({ op: 'replace', path: 'active', value: false }))
    const find = async (filter: string) => {
      const { status, body } = await tenant.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)
      expect(status, filter).toBe(200)
      expect(body.totalResults).toBe(body.Resources.length)
      return body.Resources.map(({ id }) => id)
    }
    for (const filter of [
      `userName eq "ADA@${tenant.domain}"`,
      'externalId eq "x-1"',
      `id eq "${ada.id}"`,
      'displayName eq "ada"',
      `emails.value eq "ada@${tenant.domain}"`,
      'active eq true',
      `userName eq "ada@${tenant.domain}" and active eq true`,
      'title sw "Count"',
      'title eq "Countess" and displayName pr',
      'not (active eq false)',
    ])
      expect(await find(filter), filter).toEqual([ada.id])
    for (const filter of [
      `emails[type eq "work"].value eq "robert@${tenant.domain}"`,
      `emails.value eq "ROBERT@${tenant.domain}"`,
      'active eq false',
    ])
      expect(await find(filter), filter).toEqual([bob.id])
    expect(await find('userName eq "nobody"')).toEqual([])
    expect(await find('id eq "no id"')).toEqual([])
    expect(await find(`externalId eq "x-1" or id eq "${bob.id}"`)).toEqual([ada.id, bob.id])
    for (const filter of ['userName', 'userName eq', 'userName xx "a"', '(userName eq "a"']) {
      const refused = await tenant.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)
      expect([refused.status, refused.body.scimType], filter).toEqual([400, 'invalidFilter'])
    }
  })

  test('come in pages, with the attributes that were asked for', async () => {
    const tenant = await createTenant()
    const users = [await createUser(tenant), await createUser(tenant), await createUser(tenant)]
    const page = await tenant.scim('GET', '/Users?startIndex=2&count=1&attributes=userName,name.familyName')
    expect(page.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 3,
      startIndex: 2,
      itemsPerPage: 1,
      Resources: [{ schemas: [`${core}:User`], id: users[1]?.id, userName: users[1]?.userName }],
    })
    const none = await tenant.scim('GET', '/Users?count=0&startIndex=-5')
    expect(none.body).toMatchObject({ totalResults: 3, startIndex: 1, Resources: [] })
    const group = await createGroup(tenant, users)
    const without = await tenant.scim('GET', `/Groups/${group.id}?excludedAttributes=members`)
    expect(without.body).not.toHaveProperty('members')
    expect(without.body.displayName).toBe(group.displayName)
  })
})

describe('the wall', () => {
  test('another organization’s users and groups are as if they were not there', async () => {
    const [tenant, other] = [await createTenant(), await createTenant()]
    const user = await createUser(other)
    const group = await createGroup(other, [user])
    const own = await createGroup(tenant)
    const answers = async (id: string, kind: 'Users' | 'Groups') => {
      const body = kind === 'Users' ? newUser(tenant, 'x') : { displayName: 'x' }
      return Promise.all([
        tenant.scim('GET', `/${kind}/${id}`),
        tenant.scim('PUT', `/${kind}/${id}`, body),
        tenant.scim('PATCH', `/${kind}/${id}`, patch({ op: 'replace', path: 'displayName', value: 'x' })),
        tenant.scim('DELETE', `/${kind}/${id}`),
      ])
    }
    for (const [kind, id] of [['Users', user.id] as const, ['Groups', group.id] as const]) {
      const [theirs, nobodys] = [await answers(id, kind), await answers(newId(), kind)]
      expect(theirs.map(({ status }) => status)).toEqual([404, 404, 404, 404])
      expect(theirs.map(({ body }) => body)).toEqual(nobodys.map(({ body }) => body))
    }
    const add = (value: string) =>
      tenant.scim('PATCH', `/Groups/${own.id}`, patch({ op: 'add', path: 'members', value: [{ value }] }))
    const [theirs, nobodys] = [await add(user.id), await add(newId())]
    expect(theirs.status).toBe(400)
    expect(theirs.body).toEqual(nobodys.body)
    // Their names and their external ids are free here.
    const found = await tenant.scim(
      'GET',
      `/Users?filter=${encodeURIComponent(`userName eq "${user.userName}"`)}`,
    )
    expect(found.body).toMatchObject({ totalResults: 0, Resources: [] })
    expect((await other.scim('GET', `/Users/${user.id}`)).status).toBe(200)
  })

  test('a key without the permission provisions nothing, and is told so in SCIM’s own words', async () => {
    const tenant = await createTenant()
    const key = await tenant.owner.call<{ key: string }>('POST', '/api/v1/api-keys', {
      name: 'another',
      scopes: ['read:users'],
    })
    for (const [token, status] of [[key.body.key, 403] as const, ['fh_nothing', 401] as const]) {
      const refused = await on.request('GET', '/scim/v2/Users', { token })
      expect(refused.status).toBe(status)
      expect(refused.headers.get('content-type')).toBe('application/scim+json')
      expect(await refused.json()).toEqual({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(status),
        detail: expect.any(String),
      })
    }
  })
})

test('what is supported is described, with every attribute', async () => {
  const tenant = await createTenant()
  const config = await tenant.scim('GET', '/ServiceProviderConfig')
  expect(config.body).toMatchObject({ patch: { supported: true }, bulk: { supported: false } })
  const types = await tenant.scim('GET', '/ResourceTypes')
  expect(types.body.Resources).toMatchObject([{ id: 'User', endpoint: '/Users' }, { id: 'Group' }])
  const schemas = await tenant.scim('GET', '/Schemas')
  expect(schemas.body.Resources.map(({ id }) => id)).toEqual([`${core}:User`, enterprise, `${core}:Group`])
  const one = await tenant.scim('GET', `/Schemas/${core}:User`)
  expect(one.body).toMatchObject({ id: `${core}:User`, schemas: [`${core}:Schema`] })
  expect((await tenant.scim('GET', '/Schemas/nothing')).status).toBe(404)
})
