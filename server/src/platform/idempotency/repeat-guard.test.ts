import { z } from '@hono/zod-openapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { newId } from '../ids.ts'

let on: TestApp
let ada: Actor
beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
})
afterAll(() => on.dispose())

interface Answer {
  status: number
  text: string
  replayed: boolean
}

async function post(
  path: string,
  key: string,
  body: unknown,
  token: string | null = ada.token,
): Promise<Answer> {
  const response = await on.request('POST', path, {
    ...(token === null ? {} : { token }),
    body,
    headers: { 'idempotency-key': key },
  })
  return {
    status: response.status,
    text: await response.text(),
    replayed: response.headers.get('idempotency-replayed') === 'true',
  }
}

const makeKey = (key: string, name: string, token = ada.token) =>
  post('/api/v1/api-keys', key, { name }, token)

async function keysNamed(name: string, actor = ada): Promise<number> {
  const { body } = await actor.call<{ data: { name: string }[] }>('GET', '/api/v1/api-keys?limit=200')
  return body.data.filter((one) => one.name === name).length
}

describe('a POST with an Idempotency-Key', () => {
  test('sent a hundred times at once has one effect and one answer', async () => {
    const key = newId()
    const answers = await Promise.all(Array.from({ length: 100 }, () => makeKey(key, 'once')))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(await keysNamed('once')).toBe(1)
  })

  test('and another body is refused, and has no effect', async () => {
    const key = newId()
    await makeKey(key, 'first')
    const second = await makeKey(key, 'second')
    expect([second.status, JSON.parse(second.text).error.code]).toEqual([422, 'idempotency_key_reused'])
    expect(await keysNamed('second')).toBe(0)
  })

  test('is its sender’s: the same key of another organization, or of a colleague, is another request', async () => {
    const key = newId()
    const grace = await signUp(on, 'Grace')
    const mine = await makeKey(key, 'shared')
    const theirs = await makeKey(key, 'shared', grace.token)
    expect([mine.replayed, theirs.replayed]).toEqual([false, false])
    expect(theirs.text).not.toBe(mine.text)
    const machine = JSON.parse(mine.text).key as string
    expect((await makeKey(key, 'shared', machine)).replayed).toBe(false)
    expect([await keysNamed('shared'), await keysNamed('shared', grace)]).toEqual([2, 1])
  })

  test('that was refused as not valid is refused again the same way', async () => {
    const key = newId()
    const [first, second] = [await makeKey(key, ''), await makeKey(key, '')]
    expect([first.status, second.status, second.replayed]).toEqual([400, 400, true])
    expect(second.text).toBe(first.text)
  })

  test('works before there is an account: a repeated sign-up makes one person', async () => {
    const key = newId()
    const body = { email: `${newId()}@example.com`, password: 'correct horse battery', name: 'Ada' }
    const [first, second] = await Promise.all([
      post('/api/v1/auth/signup', key, body, null),
      post('/api/v1/auth/signup', key, body, null),
    ])
    expect([first?.status, second?.status]).toEqual([201, 201])
    expect(second?.text).toBe(first?.text)
    expect((await post('/api/v1/auth/signup', newId(), body, null)).status).toBe(409)
  })

  test('is forgotten after a day', async () => {
    const key = newId()
    await makeKey(key, 'daily')
    on.platform.clock.advance(23 * 3600 * 1000)
    const fresh = await refreshed(ada)
    expect((await makeKey(key, 'daily', fresh)).replayed).toBe(true)
    on.platform.clock.advance(2 * 3600 * 1000)
    expect((await makeKey(key, 'daily', await refreshed(ada))).replayed).toBe(false)
    expect(await keysNamed('daily', { ...ada, call: callAs(await refreshed(ada)) })).toBe(2)
  })

  test('of an upload is the same although its client drew another boundary', async () => {
    const token = await refreshed(ada)
    const key = newId()
    const upload = async (text: string) => {
      const form = new FormData()
      form.set('file', new Blob([text], { type: 'text/plain' }), 'note.txt')
      return post('/api/v1/documents', key, form, token)
    }
    const [first, second, other] = [await upload('hello'), await upload('hello'), await upload('hallo')]
    expect([first.status, second.status, second.replayed, other.status]).toEqual([202, 202, true, 422])
    expect(second.text).toBe(first.text)
  })

  test('that streams its answer replays the whole stream', async () => {
    const token = await refreshed(ada)
    const key = newId()
    const ask = () =>
      post(
        '/v1/chat/completions',
        key,
        { model: 'local/extractive', stream: true, messages: [{ role: 'user', content: 'What is it?' }] },
        token,
      )
    const [first, second] = [await ask(), await ask()]
    expect([first.status, second.status, second.replayed]).toEqual([200, 200, true])
    expect(first.text).toContain('[DONE]')
    expect(second.text).toBe(first.text)
  })

  test('whose server died is refused, because it may have taken effect', async () => {
    const token = await refreshed(ada)
    const key = newId()
    await makeKey(key, 'died', token)
    await on.platform.database.query(
      `update freehold.idempotency_keys set status = null, node_id = $1
       where (owner_id, key_hash) = (select owner_id, key_hash from freehold.idempotency_keys
         where owner_id = $2 order by created_at desc limit 1)`,
      [newId(), ada.organizationId],
    )
    const again = await makeKey(key, 'died', token)
    expect([again.status, JSON.parse(again.text).error.code]).toEqual([409, 'outcome_unknown'])
    expect(await keysNamed('died', { ...ada, call: callAs(token) })).toBe(1)
  })

  test.each(['', 'a b', 'x'.repeat(256), '\u00fcmlaut'])(
    'with the key %j is told what a key is',
    async (key) => {
      const refused = await makeKey(key, 'refused', await refreshed(ada))
      expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([400, 'idempotency_key_invalid'])
    },
  )

  test('keeps no answer in the clear', async () => {
    const token = await refreshed(ada)
    const made = await makeKey(newId(), 'sealed', token)
    const rows = await on.platform.database.query('select * from freehold.idempotency_keys')
    expect(JSON.stringify(rows)).not.toContain(JSON.parse(made.text).key)
  })
})

/** The clock was moved: the token of before has run out. */
async function refreshed(actor: Actor): Promise<string> {
  const response = await on.request('POST', '/api/v1/auth/signin', {
    body: { email: actor.email, password: 'correct horse battery' },
  })
  return ((await response.json()) as { accessToken: string }).accessToken
}

function callAs(token: string): Actor['call'] {
  return async (method, path, body) => {
    const response = await on.request(method, path, { token, body })
    return { status: response.status, body: (await response.json()) as never } // the caller states the shape
  }
}

test('what strangers are refused is not kept, and fills no table', async () => {
  const key = newId()
  const send = () => post('/api/v1/auth/signup', key, { email: 'no address' }, null)
  const [first, second] = [await send(), await send()]
  expect([first.status, second.status, second.replayed]).toEqual([400, 400, false])
})

test('what ended one session ends another too, with the same key', async () => {
  const grace = await signUp(on, 'Grace')
  const again = await on.request('POST', '/api/v1/auth/signin', {
    body: { email: grace.email, password: 'correct horse battery' },
  })
  const other = (await again.json()) as { accessToken: string } // the contract of signing in
  const key = newId()
  for (const token of [grace.token, other.accessToken]) {
    expect((await post('/api/v1/auth/signout', key, {}, token)).status).toBe(204)
    expect((await on.request('GET', '/api/v1/auth/session', { token })).status).toBe(401)
  }
})

describe('an answer that holds tokens', () => {
  const tokensOf = ({ text }: Answer) => JSON.parse(text) as { accessToken: string; refreshToken: string } // as documented

  test('is repeated while a lost one is asked for again, and not when its tokens may be spent', async () => {
    const grace = await signUp(on, 'Grace')
    const key = newId()
    const refresh = (refreshToken: string, named = newId()) =>
      post('/api/v1/auth/refresh', named, { refreshToken }, null)
    const first = await refresh(grace.refreshToken, key)
    const again = await refresh(grace.refreshToken, key)
    expect([again.status, again.replayed]).toEqual([200, true])
    expect(tokensOf(again).refreshToken).toBe(tokensOf(first).refreshToken)
    expect((await refresh(tokensOf(first).refreshToken)).status).toBe(200)
    on.platform.clock.advance(11_000)
    // Whoever has the old token and the key has a copy of somebody's request.
    const late = await refresh(grace.refreshToken, key)
    expect([late.status, late.replayed]).toEqual([401, false])
  })

  test('of signing in is made anew when it is asked for later', async () => {
    const grace = await signUp(on, 'Grace')
    const key = newId()
    const enter = () =>
      post('/api/v1/auth/signin', key, { email: grace.email, password: 'correct horse battery' }, null)
    const first = await enter()
    expect((await enter()).text).toBe(first.text)
    on.platform.clock.advance(11_000)
    const later = await enter()
    expect([later.status, later.replayed]).toEqual([200, false])
    expect(tokensOf(later).refreshToken).not.toBe(tokensOf(first).refreshToken)
  })

  test('is kept for seconds by every route that has one', async () => {
    const secret =
      /"(accessToken|refreshToken|twoFactorToken|registrationToken|passkeyToken|recoveryCodes|secret)":/
    const kept = on.modules
      .flatMap(({ routes = [] }) => routes)
      .filter(({ contract: { method, response } }) => method === 'post' && response.schema !== undefined)
      .filter(({ contract: { response } }) =>
        secret.test(
          JSON.stringify(response.schema && z.toJSONSchema(response.schema, { unrepresentable: 'any' })),
        ),
      )
      .map(({ contract: { path, answerKeptMs } }) => [path, answerKeptMs])
    expect(kept.length).toBeGreaterThan(8)
    expect(kept.filter(([, keptMs]) => keptMs !== 10_000)).toEqual([])
  })
})
