import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, onPostgres, startInstallation } from './support/installation.ts'
import { type Person, request, signUp } from './support/person.ts'

/**
 * Two server processes on one PostgreSQL. What is taken away through one is refused by the other: no request that begins
 * more than a second later gets through. The other node has just served the credential, so whatever it remembers is fresh.
 */
const withinMs = 1_000

describe.skipIf(!onPostgres).each([
  { with: 'with Valkey', settings: {} },
  { with: 'without Valkey', settings: { REDIS_URL: '' } },
])('two nodes $with (needs FREEHOLD_TEST_DATABASE=postgres)', ({ settings }) => {
  let one: Installation
  let two: Installation
  let ada: Person

  beforeAll(async () => {
    // Nodes are reached at one address, whose name is in the tokens.
    one = await startInstallation({ FREEHOLD_URL: 'http://freehold.example', ...settings })
    // The same database, files and keys: a second node of the first installation.
    two = await startInstallation(one.environment)
    ada = await signUp(one)
  })
  afterAll(async () => {
    await two?.dispose()
    await one?.dispose()
  })

  /** Asks the second node again and again, and takes the credential away in between. */
  async function expectRefusedSoon(
    ask: () => Promise<number>,
    takeAway: () => Promise<{ status: number }>,
    refusal: readonly number[],
  ): Promise<void> {
    for (let warm = 0; warm < 5; warm++) expect(await ask()).toBe(200)
    const takenAway = takeAway()
    const answers: { startedMs: number; status: number }[] = []
    let takenMs = Number.POSITIVE_INFINITY
    const noting = takenAway.then(({ status }) => {
      takenMs = performance.now()
      expect(status).toBeLessThan(300)
    })
    while (performance.now() < takenMs + 2 * withinMs) {
      const startedMs = performance.now()
      answers.push({ startedMs, status: await ask() })
      await sleep(10)
    }
    await noting
    const late = answers.filter(({ startedMs }) => startedMs > takenMs + withinMs)
    expect(late.length).toBeGreaterThan(0)
    expect(late.filter(({ status }) => !refusal.includes(status))).toEqual([])
  }

  const askWith = (token: string, path: string) => async () => {
    const { status } = await request(two, path, { headers: { authorization: `Bearer ${token}` } })
    return status
  }

  test('a revoked API key', async () => {
    const { id, key } = await ada.newApiKey()
    await expectRefusedSoon(
      askWith(key, '/api/v1/models'),
      () => ada.call('DELETE', `/api/v1/api-keys/${id}`),
      [401],
    )
  })

  test('the token that a key was exchanged for, once the key is revoked', async () => {
    const { id, key } = await ada.newApiKey()
    const exchanged = await request<{ accessToken: string }>(one, '/api/v1/auth/token', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    })
    await expectRefusedSoon(
      askWith(exchanged.body.accessToken, '/api/v1/models'),
      () => ada.call('DELETE', `/api/v1/api-keys/${id}`),
      [401],
    )
  })

  test('the access token of a session that was signed out', async () => {
    const grace = await signUp(one, 'Grace')
    await expectRefusedSoon(
      askWith(grace.session.accessToken, '/api/v1/models'),
      () => grace.call('POST', '/api/v1/auth/signout', {}),
      [401],
    )
  })

  test('a member who was removed, and one who was made a guest', async () => {
    const path = `/api/v1/organizations/${ada.session.organization?.id}/members`
    for (const change of ['DELETE', 'PATCH'] as const) {
      const grace = await signUp(one, 'Grace')
      const added = await ada.call('POST', path, { email: grace.email, role: 'member' })
      expect(added.status).toBe(201)
      const switched = await grace.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
        organizationId: ada.session.organization?.id,
      })
      await expectRefusedSoon(
        askWith(switched.body.accessToken, '/api/v1/usage/records'),
        () =>
          ada.call(
            change,
            `${path}/${grace.session.user.id}`,
            change === 'PATCH' ? { role: 'guest' } : undefined,
          ),
        [403],
      )
    }
  })
})
