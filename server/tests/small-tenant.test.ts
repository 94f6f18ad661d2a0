import { afterAll, beforeAll, expect, test } from 'vitest'
import { weighCandidates } from '../src/modules/knowledge/search-store.ts'
import { systemCaller } from '../src/platform/context.ts'
import { withTenant } from '../src/platform/db/transactions.ts'
import { newId } from '../src/platform/ids.ts'
import { createTestApp, signUp, type TestApp } from '../src/testing/test-app.ts'

/** A small organization among large ones is searched as if it were alone. */

const dimensions = 16
const own = 40
const ofOthers = 4_000
const questions = 12
const space = 'space of this test'

let on: TestApp
let small: string
beforeAll(async () => {
  on = await createTestApp()
  small = (await signUp(on)).organizationId
  await fill(small, own, 'small')
})
afterAll(async () => {
  await on.dispose()
})

/** The same numbers in each run, from -1 to 1, without a direction of their own. */
function vectorOf(seed: string, at: number): number[] {
  let state = [...`${seed}${at}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
  return Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.round((state / 2 ** 31 - 1) * 1_000) / 1_000
  })
}

async function fill(organizationId: string, count: number, seed: string): Promise<void> {
  const { database } = on.platform
  const [collection, document] = [newId(), newId()]
  await database.query(
    `insert into freehold.collections (organization_id, id, name, created_at) values ($1, $2, $3, now())`,
    [organizationId, collection, seed],
  )
  await database.query(
    `insert into freehold.documents (organization_id, id, collection_id, name, media_type, size_bytes, sha256,
       storage_key, status, created_at, updated_at)
     values ($1, $2, $3, 'd', 'text/plain', 1, 's', 'k', 'ready', now(), now())`,
    [organizationId, document, collection],
  )
  const vectors = Array.from({ length: count }, (_, at) => `[${vectorOf(seed, at).join(',')}]`)
  await database.query(
    `insert into freehold.passages (organization_id, id, document_id, ordinal, text, start_offset, end_offset,
       token_estimate, embedding, embedding_space)
     select $1, gen_random_uuid(), $2, at - 1, 'passage ' || (at - 1) || ' tells of harbour ' || at % 7, 0, 1, 1,
       vector::halfvec, $3
     from unnest($4::text[]) with ordinality as made(vector, at)`,
    [organizationId, document, space, vectors],
  )
}

async function search(at: number) {
  const rows = await withTenant(on.platform, systemCaller(small, newId()), ({ tx }) =>
    weighCandidates(tx, {
      query: `harbour ${at % 7}`,
      embedding: vectorOf('question', at),
      space,
      collectionIds: undefined,
      documentIds: undefined,
      limit: 10,
    }),
  )
  return rows.toSorted((a, b) => (a.passageId < b.passageId ? -1 : 1))
}

const searchAll = async () => {
  const found = []
  for (let at = 0; at < questions; at++) found.push(await search(at))
  return found
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

test('passages of others change nothing of what a small organization finds, and nothing near is missed', async () => {
  const alone = await searchAll()
  const large = (await signUp(on, 'Large')).organizationId
  await fill(large, ofOthers, 'large')
  await on.platform.database.query('analyze freehold.passages')
  expect(await searchAll()).toEqual(alone)

  const ordinals = new Map(
    (
      await on.platform.database.query(
        'select id, ordinal from freehold.passages where organization_id = $1',
        [small],
      )
    ).map((row) => [String(row.id), Number(row.ordinal)]),
  )
  let recalled = 0
  for (const [at, found] of alone.entries()) {
    const exact = Array.from({ length: own }, (_, ordinal) => ordinal)
      .toSorted((a, b) => nearness(at, b) - nearness(at, a))
      .slice(0, 10)
    const near = found.filter((one) => one.vectorRank !== null).map((one) => ordinals.get(one.passageId))
    recalled += exact.filter((ordinal) => near.includes(ordinal)).length
  }
  // Halves of precision may swap two that are equally near.
  expect(recalled / (questions * 10)).toBeGreaterThanOrEqual(0.99)
})

const nearness = (question: number, ordinal: number) =>
  cosine(vectorOf('question', question), vectorOf('small', ordinal))
