import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callerOf } from '../../testing/join-organization.ts'
import { type Actor, signUp, type TestApp } from '../../testing/test-app.ts'
import { type Stage, setStage } from './stage.fixture.ts'

let stage: Stage
let on: TestApp

beforeAll(async () => {
  stage = await setStage()
  on = stage.on
})
afterAll(() => stage.close())

describe('where single sign-on is required', () => {
  test('nobody makes an account with an address of the domain by another way', async () => {
    const { owner, domain } = await stage.setUp({ required: true })
    const signUpAs = async (email: string) => {
      const body = { email, password: 'correct horse battery', name: 'Mallory' }
      const response = await on.request('POST', '/api/v1/auth/signup', { body })
      return { status: response.status, body: (await response.json()) as { error?: { code: string } } } // the envelope
    }
    for (const email of [`mallory@${domain}`, `Mallory@${domain.toUpperCase()}`])
      expect(await signUpAs(email)).toMatchObject({
        status: 403,
        body: { error: { code: 'identity.single_sign_on_required' } },
      })
    const people = await on.platform.database.query('select 1 from freehold.users where email = $1', [
      `mallory@${domain}`,
    ])
    expect(people).toHaveLength(0)
    await owner.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf({ required: false }))
    expect((await signUpAs(`mallory@${domain}`)).status).toBe(201)
  })

  test('a password opens nothing for people of the domain, but for owners', async () => {
    const { owner, domain } = await stage.setUp()
    const password = 'correct horse battery'
    const signUpAs = (email: string) =>
      on.request('POST', '/api/v1/auth/signup', { body: { email, password, name: 'Somebody' } })
    const signInAs = async (email: string, secret = password) => {
      const response = await on.request('POST', '/api/v1/auth/signin', { body: { email, password: secret } })
      return { status: response.status, body: (await response.json()) as { error?: { code: string } } } // the envelope
    }
    const [worker, boss] = [`worker@${domain}`, `boss@${domain}`]
    for (const email of [worker, boss]) await signUpAs(email)
    const members = `/api/v1/organizations/${owner.organizationId}/members`
    expect((await owner.call('POST', members, { email: boss, role: 'owner' })).status).toBe(201)
    expect((await signInAs(worker)).status).toBe(200)
    const required = await owner.call(
      'PUT',
      '/api/v1/sign-in/connection',
      stage.connectionOf({ required: true }),
    )
    expect(required.status).toBe(200)
    expect(await signInAs(worker)).toMatchObject({
      status: 403,
      body: { error: { code: 'identity.single_sign_on_required' } },
    })
    // Who does not know the password learns nothing.
    expect((await signInAs(worker, 'wrong horse battery')).status).toBe(401)
    expect((await signInAs(boss)).status).toBe(200)
    expect((await signInAs(owner.email)).status).toBe(200)
    stage.provide({ email: worker })
    expect((await stage.signIn(worker)).location).toBe('/')
    await owner.call(
      'PUT',
      '/api/v1/sign-in/connection',
      stage.connectionOf({ required: true, enabled: false }),
    )
    // Signing in has confirmed the address and closed the password of an account nobody had confirmed.
    expect((await signInAs(worker)).status).toBe(401)
  })
})

describe('an address that an identity provider keeps', () => {
  const asking = async (person: Pick<Actor, 'call'>, newEmail: string) => {
    const body = { newEmail, password: 'correct horse battery' }
    const answer = await person.call<{ error?: { code: string } }>('POST', '/api/v1/user/email', body)
    return { status: answer.status, code: answer.body.error?.code }
  }
  const managed = { status: 409, code: 'identity.address_managed' }

  test('cannot be changed by a person of a domain that requires single sign-on, to come by a password after all', async () => {
    const { owner, domain } = await stage.setUp()
    const body = { email: `worker@${domain}`, password: 'correct horse battery', name: 'Worker' }
    const { accessToken } = (await (await on.request('POST', '/api/v1/auth/signup', { body })).json()) as {
      accessToken: string
    } // the contract of signup
    const worker = { call: callerOf(on, accessToken) }
    expect((await asking(worker, 'free@example.com')).status).toBe(202)
    await owner.call('PUT', '/api/v1/sign-in/connection', stage.connectionOf({ required: true }))
    expect(await asking(worker, 'free@example.com')).toEqual(managed)
    expect((await worker.call('GET', '/api/v1/user/profile')).body).toMatchObject({ addressManaged: true })
    const letter = on.platform.mail.sent.findLast(({ to }) => to === 'free@example.com')
    const token = letter?.text.match(/change-address#token=([\w-]+)/)?.[1]
    const confirmed = await worker.call('POST', '/api/v1/auth/confirm-address', { token })
    expect([confirmed.status, 'a letter from before']).toEqual([409, 'a letter from before'])
  })

  test('cannot be taken by anybody else, where its domain requires single sign-on', async () => {
    const { domain } = await stage.setUp({ required: true })
    const stranger = await signUp(on)
    expect(await asking(stranger, `worker@${domain}`)).toEqual({
      status: 403,
      code: 'identity.single_sign_on_required',
    })
  })
})
