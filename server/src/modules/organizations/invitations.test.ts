import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import {
  actIn,
  actionsOf,
  callerOf,
  joinOrganization,
  outcomeOf,
  type Refusal,
  signInAgain,
} from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
let owner: Actor
beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
beforeEach(async () => {
  owner = await signUp(on)
})
afterAll(() => on.dispose())

interface Invitation {
  id: string
  email: string
  role: string
  status: string
  expiresAt: string
}

const path = () => `/api/v1/organizations/${owner.organizationId}/invitations`
const newAddress = () => `${newId()}@example.com`

function tokenIn(email: string): string {
  const letter = on.platform.mail.sent.findLast((one) => one.to === email)
  const token = /http:\/\/localhost\/invitation#token=([\w-]{43})/.exec(letter?.text ?? '')?.[1]
  if (token === undefined) throw new Error(`No letter with a link went to ${email}.`)
  return token
}

async function invite(email: string, more: object = {}): Promise<{ id: string; token: string }> {
  const { status, body } = await owner.call<Invitation>('POST', path(), { email, ...more })
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return { id: body.id, token: tokenIn(email) }
}

async function lookUp(token: string) {
  const answer = await on.request('POST', '/api/v1/invitations/lookup', { body: { token } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> } // an object either way
}

const accept = (person: Pick<Actor, 'call'>, token: string) =>
  person.call<Refusal>('POST', '/api/v1/invitations/accept', { token })

async function signUpAs(email: string): Promise<Pick<Actor, 'call'> & { userId: string }> {
  const answer = await on.request('POST', '/api/v1/auth/signup', {
    body: { email, password: 'correct horse battery', name: 'Grace' },
  })
  const body = (await answer.json()) as { accessToken: string; user: { id: string } } // the contract of signing up
  return { userId: body.user.id, call: callerOf(on, body.accessToken) }
}

async function membersNow() {
  const { body } = await owner.call<{ data: { userId: string; role: string }[] }>(
    'GET',
    `/api/v1/organizations/${owner.organizationId}/members`,
  )
  return body.data.map(({ userId, role }) => ({ userId, role }))
}

describe('an invitation', () => {
  test('is shown to whoever holds the link, and brings in a new person, whose address it proves', async () => {
    const email = newAddress()
    const { token } = await invite(email, { role: 'admin' })
    expect(await lookUp(token)).toEqual({
      status: 200,
      body: {
        organization: { name: "Ada's" },
        email,
        role: 'admin',
        customRole: null,
        invitedBy: { name: 'Ada' },
        expiresAt: expect.any(String),
      },
    })
    const grace = await signUpAs(email)
    expect(await accept(grace, token)).toMatchObject({
      status: 200,
      body: { organization: { id: owner.organizationId, name: "Ada's" } },
    })
    expect(await membersNow()).toContainEqual({ userId: grace.userId, role: 'admin' })
    expect(await owner.call('GET', path())).toMatchObject({ body: { data: [] } })
  })

  test('is for the invited address alone, and no key accepts it', async () => {
    const email = newAddress()
    const { token } = await invite(email)
    const eve = await signUp(on, 'Eve')
    expect(await outcomeOf(accept(eve, token))).toEqual([403, 'organizations.invitation_for_another'])
    const { body } = await eve.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    expect(await outcomeOf(accept({ call: callerOf(on, body.key) }, token))).toEqual([403, 'forbidden'])
    expect(await membersNow()).toHaveLength(1)
    expect((await lookUp(token)).status).toBe(200)
  })

  test('makes one membership when it is accepted several times at once, and works no more', async () => {
    const email = newAddress()
    const { token } = await invite(email, { role: 'member' })
    const grace = await signUpAs(email)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(accept(grace, token))))
    expect(outcomes.toSorted()).toEqual([
      [200],
      ...Array.from({ length: 19 }, () => [410, 'organizations.invitation_over']),
    ])
    expect((await actionsOf(owner)).filter((action) => action === 'invitation.accept')).toHaveLength(1)
    expect(await membersNow()).toHaveLength(2)
    expect(await lookUp(token)).toMatchObject({
      status: 410,
      body: { error: { details: { reason: 'used' } } },
    })
  })

  test('ends after seven days, and can be sent again for seven more', async () => {
    const person = await signUp(on)
    const { id, token } = await invite(person.email)
    on.platform.clock.advance(7 * 86_400_000 + 1_000)
    const again = await signInAgain(on, owner)
    expect(await lookUp(token)).toMatchObject({
      status: 410,
      body: { error: { code: 'organizations.invitation_over', details: { reason: 'expired' } } },
    })
    expect(await again.call('GET', path())).toMatchObject({ body: { data: [{ id, status: 'expired' }] } })
    expect(await again.call('POST', `${path()}/${id}/resend`)).toMatchObject({
      status: 200,
      body: { id, status: 'pending' },
    })
    expect((await lookUp(tokenIn(person.email))).status).toBe(200)
  })

  test('sent again has one link that works: the newest', async () => {
    const email = newAddress()
    const first = await invite(email)
    await owner.call('POST', `${path()}/${first.id}/resend`)
    const second = tokenIn(email)
    // Inviting the address once more is sending again, with the role named then.
    const third = await invite(email, { role: 'guest' })
    expect(third.id).toBe(first.id)
    expect(new Set([first.token, second, third.token]).size).toBe(3)
    const statuses = []
    for (const token of [first.token, second, third.token]) statuses.push((await lookUp(token)).status)
    expect(statuses).toEqual([404, 404, 200])
    const { body } = await owner.call<{ data: Invitation[] }>('GET', path())
    expect(body.data).toMatchObject([{ id: first.id, role: 'guest' }])
    const grace = await signUpAs(email)
    expect(await outcomeOf(accept(grace, first.token))).toEqual([404, 'organizations.invitation_not_found'])
  })

  test('sent twice at once to one address is one invitation', async () => {
    const email = newAddress()
    const sent = await Promise.all([1, 2, 3].map(() => owner.call('POST', path(), { email })))
    expect(sent.map(({ status }) => status)).toEqual([201, 201, 201])
    const { body } = await owner.call<{ data: Invitation[] }>('GET', path())
    expect(body.data).toHaveLength(1)
  })

  test('that was withdrawn opens nothing', async () => {
    const email = newAddress()
    const { id, token } = await invite(email)
    expect(await outcomeOf(owner.call('DELETE', `${path()}/${id}`))).toEqual([204])
    expect(await lookUp(token)).toMatchObject({
      status: 410,
      body: { error: { details: { reason: 'revoked' } } },
    })
    expect(await outcomeOf(accept(await signUpAs(email), token))).toEqual([
      410,
      'organizations.invitation_over',
    ])
    for (const gone of [
      owner.call('DELETE', `${path()}/${id}`),
      owner.call('POST', `${path()}/${id}/resend`),
    ]) {
      expect(await outcomeOf(gone)).toEqual([404, 'organizations.invitation_not_found'])
    }
  })

  test('is of no use to a member, who keeps their role', async () => {
    const person = await signUp(on)
    const { token } = await invite(person.email, { role: 'guest' })
    await owner.call('POST', `/api/v1/organizations/${owner.organizationId}/members`, {
      email: person.email,
      role: 'admin',
    })
    expect(await outcomeOf(owner.call('POST', path(), { email: person.email }))).toEqual([
      409,
      'organizations.already_member',
    ])
    expect(await outcomeOf(accept(person, token))).toEqual([200])
    expect(await membersNow()).toContainEqual({ userId: person.userId, role: 'admin' })
  })

  test('brings a custom role', async () => {
    const roles = `/api/v1/organizations/${owner.organizationId}/roles`
    const made = await owner.call<{ id: string }>('POST', roles, {
      name: 'Auditor',
      permissions: ['read:activity'],
    })
    const person = await signUp(on)
    const { token } = await invite(person.email, { customRoleId: made.body.id })
    expect(await lookUp(token)).toMatchObject({ body: { customRole: { name: 'Auditor' } } })
    await accept(person, token)
    const auditor = await actIn(on, person, owner.organizationId)
    expect((await auditor.call('GET', '/api/v1/activity')).status).toBe(200)
    expect((await auditor.call('GET', '/api/v1/documents')).status).toBe(403)
  })
})

describe('owners', () => {
  test('are invited, re-invited and un-invited by owners alone', async () => {
    const admin = await joinOrganization(on, owner, { role: 'admin' })
    const email = newAddress()
    const ownersOnly = [403, 'organizations.owners_only']
    expect(await outcomeOf(admin.call('POST', path(), { email, role: 'owner' }))).toEqual(ownersOnly)
    const { id } = await invite(email, { role: 'owner' })
    for (const refused of [
      admin.call('POST', path(), { email, role: 'guest' }),
      admin.call('POST', `${path()}/${id}/resend`),
      admin.call('DELETE', `${path()}/${id}`),
    ]) {
      expect(await outcomeOf(refused)).toEqual(ownersOnly)
    }
  })
})

describe('what is kept and shown', () => {
  test('is the hash of a token and never the token', async () => {
    const { token } = await invite(newAddress())
    const rows = await on.platform.database.query(
      'select * from freehold.invitations where organization_id = $1',
      [owner.organizationId],
    )
    const listed = await owner.call('GET', path())
    const activity = await owner.call('GET', '/api/v1/activity')
    const everything = JSON.stringify([rows, listed.body, activity.body, on.platform.logged])
    expect(rows).toHaveLength(1)
    expect(everything).not.toContain(token)
  })

  test('is nothing to guess: an unknown token is not found, and many are slowed', async () => {
    const from = { 'x-forwarded-for': `198.51.100.${Date.now() % 250}` }
    const statuses: number[] = []
    let last: Response | undefined
    for (let guess = 0; guess < 31; guess++) {
      last = await on.request('POST', '/api/v1/invitations/lookup', {
        body: { token: 'a'.repeat(43) },
        headers: from,
      })
      statuses.push(last.status)
    }
    expect(statuses).toEqual([...Array<number>(30).fill(404), 429])
    expect(last?.headers.get('retry-after')).toMatch(/^\d+$/)
  })

  test('does not fill a mailbox', async () => {
    const email = newAddress()
    const statuses: number[] = []
    for (let letter = 0; letter < 6; letter++)
      statuses.push((await owner.call('POST', path(), { email })).status)
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429])
  })
})

test('what is decided about invitations is in the activity', async () => {
  const person = await signUp(on)
  const { id } = await invite(person.email, { role: 'guest' })
  await owner.call('POST', `${path()}/${id}/resend`)
  await accept(person, tokenIn(person.email))
  const other = await invite(newAddress())
  await owner.call('DELETE', `${path()}/${other.id}`)
  const { body } = await owner.call<{ data: unknown[] }>('GET', '/api/v1/activity')
  expect(await actionsOf(owner)).toEqual([
    'invitation.revoke',
    'invitation.send',
    'invitation.accept',
    'invitation.resend',
    'invitation.send',
    'organization.create',
  ])
  expect(body.data[2]).toMatchObject({
    actor: { kind: 'user', id: person.userId },
    entity: { type: 'invitation', id },
    changes: { userId: person.userId, role: 'guest' },
  })
})

test('an invitation of somebody who may not give that any more gives nothing, until another sends it again', async () => {
  const grace = await joinOrganization(on, owner, { role: 'admin' })
  const email = newAddress()
  const sent = await grace.call<Invitation>('POST', path(), { email, role: 'admin' })
  const token = tokenIn(email)
  expect((await lookUp(token)).status).toBe(200)
  const member = `/api/v1/organizations/${owner.organizationId}/members/${grace.userId}`
  expect((await owner.call('PATCH', member, { role: 'member' })).status).toBe(204)
  const invited = await signUpAs(email)
  expect(await outcomeOf(accept(invited, token))).toEqual([410, 'organizations.invitation_over'])
  expect((await lookUp(token)).body).toMatchObject({ error: { details: { reason: 'inviter_gone' } } })
  await owner.call('POST', `${path()}/${sent.body.id}/resend`)
  expect((await accept(invited, tokenIn(email))).status).toBe(200)
})

describe('an invitation that a key sent', () => {
  async function inviteWith(key: string): Promise<string> {
    const email = newAddress()
    const sent = await on.request('POST', path(), { token: key, body: { email, role: 'member' } })
    expect(sent.status).toBe(201)
    return email
  }
  const refused = { status: 410, body: { error: { details: { reason: 'inviter_gone' } } } }

  test('ends with the key when that is revoked, or the key that made it', async () => {
    const thief = await owner.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    const made = await on.request('POST', '/api/v1/api-keys', {
      token: thief.body.key,
      body: { name: 'more' },
    })
    const child = (await made.json()) as { key: string } // as the API says
    const letters = [await inviteWith(thief.body.key), await inviteWith(child.key)]
    for (const email of letters) expect((await lookUp(tokenIn(email))).status).toBe(200)
    await owner.call('DELETE', `/api/v1/api-keys/${thief.body.id}`)
    for (const email of letters) expect(await lookUp(tokenIn(email))).toMatchObject(refused)
  })

  test('gives nothing once the owner of the key may not', async () => {
    const grace = await joinOrganization(on, owner, { role: 'admin' })
    const { body } = await grace.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    const email = await inviteWith(body.key)
    expect((await lookUp(tokenIn(email))).status).toBe(200)
    await owner.call('DELETE', `/api/v1/organizations/${owner.organizationId}/members/${grace.userId}`)
    expect(await lookUp(tokenIn(email))).toMatchObject(refused)
  })
})

test('an invitation ends with the account of whoever sent it', async () => {
  const grace = await joinOrganization(on, owner, { role: 'admin' })
  const email = newAddress()
  await grace.call('POST', path(), { email, role: 'admin' })
  await on.platform.database.query('delete from freehold.users where id = $1', [grace.userId])
  expect((await lookUp(tokenIn(email))).status).toBe(404)
})
