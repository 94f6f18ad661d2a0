import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { joinOrganization } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

type Role = 'owner' | 'admin' | 'member' | 'guest'

const membersOf = (owner: Actor) => `/api/v1/organizations/${owner.organizationId}/members`

const join = (owner: Actor, role: Role) => joinOrganization(on, owner, { role })

interface Problem {
  error: { code: string; message: string; details: unknown }
}

interface Members {
  data: { userId: string; email: string; name: string; role: Role; joinedAt: string }[]
  nextCursor: string | null
}

async function rolesIn(owner: Actor): Promise<Record<string, Role>> {
  const { body } = await owner.call<Members>('GET', membersOf(owner))
  return Object.fromEntries(body.data.map((member) => [member.userId, member.role]))
}

describe('adding a person', () => {
  test('with an account makes them a member, and the activity says who did it', async () => {
    const owner = await signUp(on)
    const person = await signUp(on, 'Grace')
    const added = await owner.call('POST', membersOf(owner), { email: person.email.toUpperCase() })
    expect(added).toMatchObject({
      status: 201,
      body: { userId: person.userId, email: person.email, name: 'Grace', role: 'member' },
    })
    const { body } = await owner.call<{ data: unknown[] }>('GET', '/api/v1/activity')
    expect(body.data[0]).toMatchObject({
      action: 'member.add',
      actor: { kind: 'user', id: owner.userId, name: 'Ada' },
      entity: { type: 'member', id: person.userId },
      changes: { role: 'member' },
    })
  })

  test('twice, or without an account, is refused with what to do', async () => {
    const owner = await signUp(on)
    const member = await join(owner, 'member')
    expect(await owner.call('POST', membersOf(owner), { email: member.email })).toMatchObject({
      status: 409,
      body: { error: { code: 'organizations.already_member' } },
    })
    expect(await owner.call('POST', membersOf(owner), { email: `${newId()}@example.com` })).toMatchObject({
      status: 422,
      body: { error: { code: 'organizations.person_not_found' } },
    })
    expect((await owner.call('POST', membersOf(owner), { email: 'nobody' })).status).toBe(400)
  })
})

describe('who may manage members', () => {
  test.each([
    ['guest', { list: 403, add: 403, change: 403, remove: 403 }],
    ['member', { list: 200, add: 403, change: 403, remove: 403 }],
    ['admin', { list: 200, add: 201, change: 204, remove: 204 }],
    ['owner', { list: 200, add: 201, change: 204, remove: 204 }],
  ] as const)('a %s: %j', async (role, expected) => {
    const owner = await signUp(on)
    const [actor, member, newcomer] = [await join(owner, role), await join(owner, 'member'), await signUp(on)]
    const path = membersOf(owner)
    expect({
      list: (await actor.call('GET', path)).status,
      add: (await actor.call('POST', path, { email: newcomer.email, role: 'guest' })).status,
      change: (await actor.call('PATCH', `${path}/${member.userId}`, { role: 'guest' })).status,
      remove: (await actor.call('DELETE', `${path}/${member.userId}`)).status,
    }).toEqual(expected)
  })

  test('an admin can neither make, change nor remove an owner', async () => {
    const owner = await signUp(on)
    const [admin, second, newcomer] = [
      await join(owner, 'admin'),
      await join(owner, 'owner'),
      await signUp(on),
    ]
    const path = membersOf(owner)
    const answers = [
      await admin.call<Problem>('POST', path, { email: newcomer.email, role: 'owner' }),
      await admin.call<Problem>('PATCH', `${path}/${admin.userId}`, { role: 'owner' }),
      await admin.call<Problem>('PATCH', `${path}/${second.userId}`, { role: 'member' }),
      await admin.call<Problem>('DELETE', `${path}/${second.userId}`),
    ]
    expect(answers.map((answer) => [answer.status, answer.body.error.code])).toEqual(
      answers.map(() => [403, 'organizations.owners_only']),
    )
  })

  test('an API key manages members but never owners', async () => {
    const owner = await signUp(on)
    const [member, newcomer] = [await join(owner, 'member'), await signUp(on)]
    const { body } = await owner.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    const byKey = async (method: string, path: string, sent?: unknown) =>
      (await on.request(method, path, { token: body.key, body: sent })).status
    const path = membersOf(owner)
    expect(await byKey('POST', path, { email: newcomer.email, role: 'admin' })).toBe(201)
    expect(await byKey('PATCH', `${path}/${member.userId}`, { role: 'owner' })).toBe(403)
    expect(await byKey('DELETE', `${path}/${owner.userId}`)).toBe(403)
  })
})

describe('the last owner', () => {
  test('can neither step down nor leave', async () => {
    const owner = await signUp(on)
    const own = `${membersOf(owner)}/${owner.userId}`
    for (const answer of [
      await owner.call<Problem>('PATCH', own, { role: 'admin' }),
      await owner.call<Problem>('DELETE', own),
    ]) {
      expect([answer.status, answer.body.error.code]).toEqual([409, 'organizations.last_owner'])
    }
    expect(await rolesIn(owner)).toEqual({ [owner.userId]: 'owner' })
  })

  test('remains when two owners remove each other at the same moment', async () => {
    const one = await signUp(on)
    const two = await join(one, 'owner')
    await Promise.all([
      one.call('DELETE', `${membersOf(one)}/${two.userId}`),
      two.call('DELETE', `${membersOf(one)}/${one.userId}`),
    ])
    const rows = await on.platform.database.query(
      `select role from freehold.memberships where organization_id = $1`,
      [one.organizationId],
    )
    expect(rows).toEqual([{ role: 'owner' }])
  })

  test('remains when two owners step down at the same moment', async () => {
    const one = await signUp(on)
    const two = await join(one, 'owner')
    const statuses = await Promise.all(
      [one, two].map(
        async (owner) =>
          (await owner.call('PATCH', `${membersOf(one)}/${owner.userId}`, { role: 'member' })).status,
      ),
    )
    expect(statuses.toSorted()).toEqual([204, 409])
  })
})

test('anybody may leave, and sees nothing of the organization afterwards but what a token still says', async () => {
  const owner = await signUp(on)
  const guest = await join(owner, 'guest')
  expect((await guest.call('DELETE', `${membersOf(owner)}/${guest.userId}`)).status).toBe(204)
  expect(await rolesIn(owner)).toEqual({ [owner.userId]: 'owner' })
  expect(
    (await guest.call('POST', '/api/v1/auth/switch', { organizationId: owner.organizationId })).status,
  ).toBe(404)
})

describe('another organization', () => {
  test('is answered exactly like one that does not exist', async () => {
    const [ada, eve] = [await signUp(on), await signUp(on)]
    const person = await signUp(on)
    const ask = async (organizationId: string) => {
      const path = `/api/v1/organizations/${organizationId}`
      const answers = [
        await eve.call<Problem>('GET', path),
        await eve.call<Problem>('PATCH', path, { name: 'Mine' }),
        await eve.call<Problem>('GET', `${path}/members`),
        await eve.call<Problem>('POST', `${path}/members`, { email: person.email }),
        await eve.call<Problem>('PATCH', `${path}/members/${ada.userId}`, { role: 'guest' }),
        await eve.call<Problem>('DELETE', `${path}/members/${ada.userId}`),
      ]
      return answers.map((answer) => ({ status: answer.status, error: answer.body.error }))
    }
    const [foreign, random] = [await ask(ada.organizationId), await ask(newId())]
    expect(foreign).toEqual(random)
    expect(new Set(foreign.map((answer) => answer.status))).toEqual(new Set([404]))
    expect((await ada.call('GET', `/api/v1/organizations/${ada.organizationId}`)).body).toMatchObject({
      name: "Ada's",
    })
  })

  test('lends nobody its members: a stranger’s id in one’s own organization is not found', async () => {
    const [ada, eve] = [await signUp(on), await signUp(on)]
    expect(await ada.call('PATCH', `${membersOf(ada)}/${eve.userId}`, { role: 'guest' })).toMatchObject({
      status: 404,
      body: { error: { code: 'organizations.member_not_found' } },
    })
  })
})

test('a person makes organizations, lists them, and renames the one they act in', async () => {
  const ada = await signUp(on)
  const made = await ada.call<{ id: string }>('POST', '/api/v1/organizations', { name: '  Second ' })
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'Second', role: 'owner', slug: expect.stringMatching(/^second-/) },
  })
  const list = await ada.call<{ data: { id: string; role: Role }[] }>('GET', '/api/v1/organizations')
  expect(list.body.data.map((one) => [one.id, one.role])).toEqual([
    [ada.organizationId, 'owner'],
    [made.body.id, 'owner'],
  ])
  const path = `/api/v1/organizations/${ada.organizationId}`
  expect(await ada.call('PATCH', path, { name: 'First' })).toMatchObject({
    status: 200,
    body: { name: 'First' },
  })
  expect((await ada.call('PATCH', path, { name: 'x'.repeat(121) })).status).toBe(400)
  expect((await ada.call('PATCH', path, { name: 'a\u0000b' })).status).toBe(400)
  const { body } = await ada.call<{ data: unknown[] }>('GET', '/api/v1/activity')
  expect(body.data[0]).toMatchObject({
    action: 'organization.rename',
    changes: { name: { from: "Ada's", to: 'First' } },
  })
})

test('members are listed page by page, each once, and only with cursors of this list', async () => {
  const owner = await signUp(on)
  const joined = [owner.userId]
  for (let index = 0; index < 4; index++) joined.push((await join(owner, 'member')).userId)
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { body: Members } = await owner.call(
      'GET',
      `${membersOf(owner)}?limit=2${cursor && `&cursor=${cursor}`}`,
    )
    seen.push(...page.body.data.map((member) => member.userId))
    cursor = page.body.nextCursor
  }
  expect(seen).toEqual(joined)
  for (const key of [['yesterday', newId()], [new Date().toISOString(), 'x'], ['x']]) {
    const forged = Buffer.from(JSON.stringify(key)).toString('base64url')
    expect((await owner.call('GET', `${membersOf(owner)}?cursor=${forged}`)).status).toBe(400)
  }
})
