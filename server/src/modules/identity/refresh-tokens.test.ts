import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})

afterAll(async () => {
  await on.dispose()
})

interface Tokens {
  accessToken: string
  refreshToken: string
  expiresIn: number
}

async function refresh(
  refreshToken: string,
): Promise<{ status: number; tokens: Tokens; code: string | undefined }> {
  const response = await on.request('POST', '/api/v1/auth/refresh', { body: { refreshToken } })
  // The contract of refresh, or of an error.
  const body = (await response.json()) as Tokens & { error?: { code: string } }
  return { status: response.status, tokens: body, code: body.error?.code }
}

describe('a refresh token', () => {
  test('is exchanged for a pair that works', async () => {
    const ada = await signUp(on)
    const { status, tokens } = await refresh(ada.refreshToken)
    expect(status).toBe(200)
    expect(tokens.expiresIn).toBe(900)
    expect(tokens.refreshToken).not.toBe(ada.refreshToken)
    const session = await on.request('GET', '/api/v1/auth/session', { token: tokens.accessToken })
    expect(await session.json()).toMatchObject({
      user: { id: ada.userId },
      organization: { id: ada.organizationId },
    })
  })

  test('presented fifty times at once has one successor', async () => {
    const ada = await signUp(on)
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(ada.refreshToken)))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
    expect(new Set(answers.map((answer) => answer.tokens.refreshToken)).size).toBe(1)
    const rows = await on.platform.database.query(
      'select id from freehold.refresh_tokens where user_id = $1',
      [ada.userId],
    )
    expect(rows).toHaveLength(2)
  })

  test('gives the same successor again for ten seconds, so that a lost answer can be repeated', async () => {
    const ada = await signUp(on)
    const first = await refresh(ada.refreshToken)
    on.platform.clock.advance(9_000)
    const again = await refresh(ada.refreshToken)
    expect(again.tokens.refreshToken).toBe(first.tokens.refreshToken)
  })

  test('used again after ten seconds ends every token of that sign-in, the thief’s and the owner’s', async () => {
    const ada = await signUp(on)
    const stolen = ada.refreshToken
    const first = await refresh(stolen)
    const second = await refresh(first.tokens.refreshToken)
    on.platform.clock.advance(11_000)
    expect(await refresh(stolen)).toMatchObject({ status: 401, code: 'identity.refresh_token_reused' })
    for (const token of [stolen, first.tokens.refreshToken, second.tokens.refreshToken]) {
      expect((await refresh(token)).status).toBe(401)
    }
  })

  test('used again leaves the person’s other sign-ins alone', async () => {
    const ada = await signUp(on)
    const other = await on.request('POST', '/api/v1/auth/signin', {
      body: { email: ada.email, password: 'correct horse battery' },
    })
    const { refreshToken } = (await other.json()) as Tokens // the contract of signin
    await refresh(ada.refreshToken)
    on.platform.clock.advance(11_000)
    expect((await refresh(ada.refreshToken)).status).toBe(401)
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test('used again is written down for the person whose session it ended', async () => {
    const ada = await signUp(on)
    const other = await on.request('POST', '/api/v1/auth/signin', {
      body: { email: ada.email, password: 'correct horse battery' },
    })
    const { accessToken } = (await other.json()) as { accessToken: string } // the contract of signin
    await refresh(ada.refreshToken)
    on.platform.clock.advance(11_000)
    await refresh(ada.refreshToken)
    const events = await on.request('GET', '/api/v1/user/activity', { token: accessToken })
    const { data } = (await events.json()) as { data: { action: string; details: unknown }[] } // its contract
    expect(data[0]).toMatchObject({ action: 'session.end', details: { reason: 'refresh_token_reused' } })
  })

  test('ends seven days after the sign-in, however often it was rotated', async () => {
    const ada = await signUp(on)
    on.platform.clock.advance(6 * 24 * 3600_000)
    const rotated = await refresh(ada.refreshToken)
    expect(rotated.status).toBe(200)
    on.platform.clock.advance(24 * 3600_000 + 1_000)
    expect((await refresh(rotated.tokens.refreshToken)).status).toBe(401)
  })

  test('of switching organizations ends with the session too', async () => {
    const ada = await signUp(on)
    let { token, refreshToken } = ada
    for (let day = 1; day <= 6; day++) {
      on.platform.clock.advance(24 * 3600_000)
      const { tokens } = await refresh(refreshToken)
      token = tokens.accessToken
      const body = { organizationId: ada.organizationId }
      const switched = await on.request('POST', '/api/v1/auth/switch', { token, body })
      expect(switched.status).toBe(200)
      refreshToken = ((await switched.json()) as Tokens).refreshToken // the contract of switch
    }
    on.platform.clock.advance(24 * 3600_000 + 1_000)
    expect((await refresh(refreshToken)).status).toBe(401)
  })

  test('of a session that has run out is refused, like its access token', async () => {
    const ada = await signUp(on)
    await on.platform.database.query('update freehold.sessions set expires_at = $2 where user_id = $1', [
      ada.userId,
      on.platform.clock.now(),
    ])
    on.platform.clock.advance(1_000)
    expect((await refresh(ada.refreshToken)).status).toBe(401)
    expect((await ada.call('GET', '/api/v1/user/profile')).status).toBe(401)
    const body = { organizationId: ada.organizationId }
    expect((await ada.call('POST', '/api/v1/auth/switch', body)).status).toBe(401)
  })

  test('is in the database only as a hash, and its successor only sealed', async () => {
    const ada = await signUp(on)
    const { tokens } = await refresh(ada.refreshToken)
    const rows = await on.platform.database.query(
      'select * from freehold.refresh_tokens where user_id = $1',
      [ada.userId],
    )
    const text = JSON.stringify(rows)
    for (const token of [ada.refreshToken, tokens.refreshToken]) {
      expect(text).not.toContain(token)
      expect(text).not.toContain(token.slice(3))
    }
  })

  test.each(['', 'fr_', 'fr_unknown', 'x'.repeat(200), '\u0000', "' or 1=1 --"])(
    'that is %j is refused',
    async (token) => {
      const { status } = await refresh(token)
      expect(status).toBe(token === '' ? 400 : 401)
    },
  )

  test('brings the role a person has now, not the one at sign-in', async () => {
    const [owner, guest] = [await signUp(on), await signUp(on)]
    const path = `/api/v1/organizations/${owner.organizationId}/members`
    await owner.call('POST', path, { email: guest.email, role: 'admin' })
    const switched = await guest.call<Tokens>('POST', '/api/v1/auth/switch', {
      organizationId: owner.organizationId,
    })
    await owner.call('PATCH', `${path}/${guest.userId}`, { role: 'guest' })
    const { tokens } = await refresh(switched.body.refreshToken)
    const session = await on.request('GET', '/api/v1/auth/session', { token: tokens.accessToken })
    expect(await session.json()).toMatchObject({ organization: { id: owner.organizationId, role: 'guest' } })
  })

  test('acts in an organization of the person’s own after they were removed from the other', async () => {
    const [owner, member] = [await signUp(on), await signUp(on)]
    const path = `/api/v1/organizations/${owner.organizationId}/members`
    await owner.call('POST', path, { email: member.email, role: 'member' })
    const switched = await member.call<Tokens>('POST', '/api/v1/auth/switch', {
      organizationId: owner.organizationId,
    })
    await owner.call('DELETE', `${path}/${member.userId}`)
    const { tokens } = await refresh(switched.body.refreshToken)
    const session = await on.request('GET', '/api/v1/auth/session', { token: tokens.accessToken })
    expect(await session.json()).toMatchObject({ organization: { id: member.organizationId } })
  })
})

test('signing out ends the refresh tokens of that session', async () => {
  const ada: Actor = await signUp(on)
  const { tokens } = await refresh(ada.refreshToken)
  expect((await ada.call('POST', '/api/v1/auth/signout')).status).toBe(204)
  expect((await refresh(ada.refreshToken)).status).toBe(401)
  expect((await refresh(tokens.refreshToken)).status).toBe(401)
})
