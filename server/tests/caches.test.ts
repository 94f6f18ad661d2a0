import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../src/testing/test-app.ts'
import { production, readSources, type SourceFile, scan } from './support/architecture/source-file.ts'

/** Where the program writes or reads a cache under a key that belongs to no organization, each with its reason. */
const keysOfNobody: Readonly<Record<string, string>> = {
  'app/doctor/examine.ts': 'whether the store gives back what it was given',
}

/** Uses of the cache whose key is not made by `organizationKey`, in place. */
function keysWithoutOrganization(files: readonly SourceFile[]): string[] {
  return production(files)
    .filter((file) => !file.path.startsWith('platform/cache/') && !(file.path in keysOfNobody))
    .flatMap((file) => {
      const { tokens } = scan(file)
      return tokens.flatMap((token, index) => {
        const next = (offset: number) => tokens[index + offset]?.text ?? ''
        const uses = token.text === 'cache' && next(1) === '.' && ['get', 'set', 'delete'].includes(next(2))
        if (!uses || next(3) !== '(' || next(4) === 'organizationKey') return []
        return [`${file.path} cache.${next(2)}(${next(4)}`]
      })
    })
}

test('every key of the shared cache is made of an organization', async () => {
  expect(keysWithoutOrganization(await readSources())).toEqual([])
})

test('a key without one is found', () => {
  const planted = (source: string) =>
    keysWithoutOrganization([{ path: 'modules/gateway/answer-cache.ts', source }])
  expect(planted(`await platform.cache.get('answers:' + hash)`)).toHaveLength(1)
  expect(planted('await cache.set(hashOf(prompt), answer, 60_000)')).toHaveLength(1)
  expect(planted('await platform.cache.get(organizationKey(caller.organizationId, hash))')).toEqual([])
})

let on: TestApp
beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

test('what one organization asked answers no other: the identical prompt is a miss, and no header tells', async () => {
  const body = {
    model: 'local/extractive',
    messages: [{ role: 'user', content: 'The very same words of two organizations that never met.' }],
  }
  const ask = async () => {
    const { token } = await signUp(on)
    const answer = await on.request('POST', '/v1/chat/completions', { token, body })
    expect(answer.status).toBe(200)
    await answer.json()
    const records = await on.request('GET', '/api/v1/usage/records', { token })
    // The contract of the list of usage.
    const { data } = (await records.json()) as { data: { cache: string }[] }
    return { headers: [...answer.headers.keys()].sort(), caches: data.map((record) => record.cache) }
  }
  const first = await ask()
  const second = await ask()
  expect(first.caches).toEqual(['miss'])
  expect(second).toEqual(first)
})
