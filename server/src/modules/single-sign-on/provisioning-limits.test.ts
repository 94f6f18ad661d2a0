import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'
import { type NameServer, startNameServer } from './adapters/name-server.fixture.ts'
import { createGroup, createTenant, createUser, newUser, patch, type Tenant } from './provisioning.fixture.ts'

let names: NameServer
let on: TestApp
let tenant: Tenant

beforeAll(async () => {
  names = await startNameServer()
  on = await createTestApp({ FREEHOLD_DNS_SERVERS: names.address })
  tenant = await createTenant({ on, names })
})
afterAll(async () => {
  await on.dispose()
  await names.close()
})

// Each of these would hold the process for seconds, or for ever, if a parser saw it: the tests would not come back.
test.each([
  ['40 backslashes', `userName eq "${'\\'.repeat(40)}`, 'invalidFilter'],
  ['40 backslashes in a text that ends', `userName eq "${'\\'.repeat(40)}" x`, 'invalidFilter'],
  ['40 new lines', `userName eq "${'\n'.repeat(40)}`, 'invalidFilter'],
  ['18 groups', Array(18).fill('(a eq 1 or b eq 2)').join(' and '), 'invalidFilter'],
  ['1900 backslashes', `userName eq "${'\\'.repeat(1_900)}`, undefined],
])('a filter of %s is refused before it is parsed', async (_name, filter, scimType) => {
  for (const kind of ['Users', 'Groups']) {
    const refused = await tenant.scim('GET', `/${kind}?filter=${encodeURIComponent(filter)}`)
    expect([refused.status, refused.body.scimType]).toEqual([400, scimType ?? refused.body.scimType])
  }
})

test('a path of a change is read as carefully, also where it is the name of a value', async () => {
  const user = await createUser(tenant)
  const group = await createGroup(tenant)
  const evil = `emails[type eq "${'\\'.repeat(40)}].value`
  for (const path of [`/Users/${user.id}`, `/Groups/${group.id}`]) {
    for (const operation of [
      { op: 'replace', path: evil, value: 'x' },
      { op: 'replace', value: { [evil]: 'x' } },
    ]) {
      const refused = await tenant.scim('PATCH', path, patch(operation))
      expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidPath' } })
    }
  }
})

test('a change of more than 100 attributes is refused, however they are written', async () => {
  const group = await createGroup(tenant)
  const word = 'displayname'
  const spelled = Array.from({ length: 101 }, (_, index) =>
    [...word].map((letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter)).join(''),
  )
  const operations = spelled.map((path) => ({ op: 'replace', path, value: 'x' }))
  const value = Object.fromEntries(spelled.map((name) => [name, 'x']))
  const path = `/Groups/${group.id}`
  for (const body of [patch(...operations), patch({ op: 'replace', value })])
    expect((await tenant.scim('PATCH', path, body)).status).toBe(400)
  const most = Array.from({ length: 100 }, (_, index) => ({
    op: 'replace',
    path: 'displayName',
    value: `name ${index} of ${group.id}`,
  }))
  expect(await tenant.scim('PATCH', path, patch(...most))).toMatchObject({
    status: 200,
    body: { displayName: `name 99 of ${group.id}` },
  })
})

test('what is kept of a user is 64 kB at most, and 100 of a kind', async () => {
  const user = await createUser(tenant, undefined, { title: 'x'.repeat(40_000) })
  const path = `/Users/${user.id}`
  const emails = Array.from({ length: 101 }, (_, index) => ({ value: `e${index}@${tenant.domain}` }))
  const more = await tenant.scim(
    'PATCH',
    path,
    patch(...['nickName', 'userType'].map((name) => ({ op: 'add', path: name, value: 'y'.repeat(20_000) }))),
  )
  expect(more).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
  for (const title of ['x'.repeat(70_000), 'é'.repeat(40_000)])
    expect((await tenant.scim('PUT', path, newUser(tenant, undefined, { title }))).status).toBe(400)
  for (const given of [emails, emails.slice(0, 60)])
    await tenant.scim('PATCH', path, patch({ op: 'add', path: 'emails', value: given }))
  expect((await tenant.scim('GET', path)).body.emails).toHaveLength(61)
  const again = emails.slice(60).map(({ value }) => ({ value: `more-${value}` }))
  const beyond = await tenant.scim('PATCH', path, patch({ op: 'add', path: 'emails', value: again }))
  expect(beyond.status).toBe(400)
  expect((await tenant.scim('POST', '/Users', newUser(tenant, undefined, { emails }))).status).toBe(400)
})

test('a group names 1000 members at a time', async () => {
  const members = Array.from({ length: 1_001 }, () => ({ value: 'x' }))
  const refused = await tenant.scim('POST', '/Groups', { displayName: 'many', members })
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('1000') } })
})

test('operations on one list see what those before them made of it', async () => {
  const user = await createUser(tenant)
  const changed = await tenant.scim(
    'PATCH',
    `/Users/${user.id}`,
    patch(
      { op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '+1 555' },
      { op: 'add', path: 'phoneNumbers[type eq "work"].display', value: 'at work' },
      { op: 'replace', path: 'phoneNumbers', value: [{ type: 'home', value: '+1 556' }] },
      { op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '+1 557' },
    ),
  )
  expect(changed.status).toBe(200)
  expect(changed.body).toMatchObject({
    phoneNumbers: [
      { type: 'home', value: '+1 556' },
      { type: 'work', value: '+1 557' },
    ],
  })
})
