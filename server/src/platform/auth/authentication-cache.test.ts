import { expect, test } from 'vitest'
import { someone } from '../../testing/http-app.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import { createAuthenticationCache } from './authentication-cache.ts'
import type { Authentication } from './credentials.ts'

const from = (bearer: string, ip: string | null = '203.0.113.7') => ({ bearer, headers: new Headers(), ip })

function cacheOver(answer: (bearer: string | null) => Promise<Authentication | undefined>) {
  const clock = createTestClock()
  const asked: (string | null)[] = []
  const cache = createAuthenticationCache(
    [
      {
        kind: 'token',
        authenticate({ bearer }) {
          asked.push(bearer)
          return answer(bearer)
        },
      },
    ],
    clock,
  )
  return { cache, clock, asked }
}

test('whom credentials belong to is looked up once in half a second', async () => {
  const { cache, clock, asked } = cacheOver(async () => ({ caller: someone }))
  for (let call = 0; call < 50; call++) expect((await cache.authenticate(from('a')))?.caller).toBe(someone)
  expect(asked).toHaveLength(1)
  clock.advance(500)
  await cache.authenticate(from('a'))
  expect(asked).toHaveLength(2)
})

test('other credentials, and the same from another address, are looked up by themselves', async () => {
  const { cache, asked } = cacheOver(async () => ({ caller: someone }))
  await cache.authenticate(from('a'))
  await cache.authenticate(from('b'))
  await cache.authenticate(from('a', '203.0.113.8'))
  expect(asked).toEqual(['a', 'b', 'a'])
})

test('a refusal is not remembered', async () => {
  const { cache, asked } = cacheOver(async () => undefined)
  expect(await cache.authenticate(from('a'))).toBeUndefined()
  expect(await cache.authenticate(from('a'))).toBeUndefined()
  expect(asked).toHaveLength(2)
})

test('what was looked up before a change does not outlive it', async () => {
  const lookingUp = Promise.withResolvers<Authentication | undefined>()
  const answers = [lookingUp.promise, Promise.resolve(undefined)]
  const { cache } = cacheOver(() => answers.shift() ?? Promise.resolve(undefined))
  const before = cache.authenticate(from('a'))
  cache.clear()
  lookingUp.resolve({ caller: someone })
  expect((await before)?.caller).toBe(someone)
  expect(await cache.authenticate(from('a'))).toBeUndefined()
})

test('a clock that goes back does not make it remember longer', async () => {
  const { cache, clock, asked } = cacheOver(async () => ({ caller: someone }))
  await cache.authenticate(from('a'))
  clock.advance(-3_600_000)
  await cache.authenticate(from('a'))
  expect(asked).toHaveLength(2)
})

test('requests that come at once share one look, and also its refusal', async () => {
  const lookingUp = Promise.withResolvers<Authentication | undefined>()
  const { cache, asked } = cacheOver(() => lookingUp.promise)
  const all = Array.from({ length: 50 }, () => cache.authenticate(from('a')))
  lookingUp.reject(new Error('refused'))
  const settled = await Promise.allSettled(all)
  expect(new Set(settled.map(({ status }) => status))).toEqual(new Set(['rejected']))
  expect(asked).toHaveLength(1)
})

test('whoever asks after a change does not share a look from before it', async () => {
  const before = Promise.withResolvers<Authentication | undefined>()
  const answers = [before.promise, Promise.resolve(undefined)]
  const { cache } = cacheOver(() => answers.shift() ?? Promise.resolve(undefined))
  const early = cache.authenticate(from('a'))
  cache.clear()
  const late = cache.authenticate(from('a'))
  before.resolve({ caller: someone })
  expect((await early)?.caller).toBe(someone)
  expect(await late).toBeUndefined()
})
