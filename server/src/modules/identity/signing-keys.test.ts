import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../platform/db/database.ts'
import { pgliteDatabase } from '../../platform/db/pglite-database.ts'
import { newId } from '../../platform/ids.ts'
import { createMemoryPlatform, type TestPlatform } from '../../testing/memory-platform.ts'
import { openTestPglite } from '../../testing/pglite-template.ts'
import { createTokenSigner, type TokenSigner } from './token-signer.ts'

// A database of its own: these tests make keys for every day of months to come.
let database: Database
let platform: TestPlatform

beforeAll(async () => {
  database = await pgliteDatabase(await openTestPglite())
  platform = await createMemoryPlatform(database)
})

afterAll(async () => {
  await platform.dispose()
  await database.close()
})

const claims = {
  userId: newId(),
  email: 'ada@example.com',
  sessionId: newId(),
  organizationId: null,
  role: null,
  permissions: [],
}
const daysMs = (days: number) => days * 24 * 3600_000

async function keyIds(signer: TokenSigner): Promise<unknown[]> {
  return (await signer.publicKeys()).keys.map((key) => key.kid)
}

test('the published keys have no secret half', async () => {
  const { keys } = await createTokenSigner(platform).publicKeys()
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys)
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
})

test('the secret half is in the database only sealed', async () => {
  const rows = await database.query('select public_jwk, private_sealed from freehold.signing_keys')
  expect(JSON.stringify(rows.map((row) => row.public_jwk))).not.toContain('"d"')
  for (const row of rows) expect(String(row.private_sealed).length).toBeGreaterThan(60)
})

test('nodes share one key', async () => {
  expect(await keyIds(createTokenSigner(platform))).toEqual(await keyIds(createTokenSigner(platform)))
})

test('a key is replaced after thirty days, and what it signed verifies for one day more', async () => {
  const signer = createTokenSigner(platform)
  const [old] = await keyIds(signer)
  platform.clock.advance(daysMs(30) - 60_000)
  const token = await signer.sign(claims)
  platform.clock.advance(120_000)
  const [current, ...rest] = await keyIds(signer)
  expect(current).not.toBe(old)
  expect(rest).toContain(old)
  expect(await signer.verify(token)).toMatchObject({
    email: 'ada@example.com',
    organizationId: null,
    role: null,
  })
  platform.clock.advance(daysMs(1))
  expect(await keyIds(createTokenSigner(platform))).not.toContain(old)
})

test('a key that another node made a moment ago verifies here, although this node has just read the keys', async () => {
  const here = createTokenSigner(platform)
  await keyIds(here)
  platform.clock.advance(daysMs(31))
  const there = createTokenSigner(platform)
  const token = await there.sign(claims)
  expect(await here.verify(token)).toMatchObject({ email: 'ada@example.com' })
})

test('invented key ids cost one look at the database in five seconds', async () => {
  let looks = 0
  const counting: Database = {
    ...database,
    transaction(opening, work) {
      looks++
      return database.transaction(opening, work)
    },
  }
  const signer = createTokenSigner({ ...platform, database: counting })
  const token = await signer.sign(claims)
  const [, payload, signature] = token.split('.')
  looks = 0
  for (let index = 0; index < 20; index++) {
    const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid: newId() })).toString(
      'base64url',
    )
    await expect(signer.verify(`${header}.${payload}.${signature}`)).rejects.toMatchObject({ status: 401 })
  }
  expect(looks).toBe(1)
})
