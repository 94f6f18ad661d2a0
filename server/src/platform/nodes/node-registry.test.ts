import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestClock } from '../../testing/test-clock.ts'
import { testDatabase } from '../../testing/test-database.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../ids.ts'
import { createLogger } from '../telemetry/index.ts'
import { createNodeRegistry } from './node-registry.ts'

let database: Database
const logger = createLogger({ level: 'silent', format: 'json' })

beforeAll(async () => {
  database = await testDatabase()
})

afterAll(async () => {
  await database.query('delete from freehold.nodes')
})

test('a node is alive from joining to leaving, and dead twenty seconds after it fell silent', async () => {
  const clock = createTestClock()
  const nodeId = newId()
  const node = createNodeRegistry({ database, clock, logger }, nodeId)
  const observer = createNodeRegistry({ database, clock, logger }, newId())
  await node.join()
  expect(await observer.aliveNodeIds()).toContain(nodeId)
  clock.advance(19_000)
  expect(await observer.aliveNodeIds()).toContain(nodeId)
  clock.advance(2_000)
  expect(await observer.aliveNodeIds()).not.toContain(nodeId)
  await node.leave()
  expect(await database.query('select id from freehold.nodes where id = $1', [nodeId])).toEqual([])
})

test('a node that leaves takes dead ones with it and leaves the living', async () => {
  const clock = createTestClock()
  const [dead, living, leaving] = [newId(), newId(), newId()]
  const at = (secondsAgo: number) => new Date(clock.now().getTime() - secondsAgo * 1_000).toISOString()
  const registry = createNodeRegistry({ database, clock, logger }, leaving)
  await registry.join()
  await database.query(
    'insert into freehold.nodes (id, started_at, seen_at) values ($1, $3, $3), ($2, $4, $4)',
    [dead, living, at(60), at(1)],
  )
  await registry.leave()
  const left = (await database.query('select id from freehold.nodes')).map((row) => row.id)
  expect(left).toContain(living)
  expect(left).not.toContain(dead)
  expect(left).not.toContain(leaving)
})

test('an embedded database has one process: whoever joins it is alone', async () => {
  const embedded: Database = { ...database, kind: 'pglite' }
  const clock = createTestClock()
  const [before, now] = [newId(), newId()]
  const killed = createNodeRegistry({ database: embedded, clock, logger }, before)
  await killed.join()
  const next = createNodeRegistry({ database: embedded, clock, logger }, now)
  await next.join()
  expect(await next.aliveNodeIds()).toEqual([now])
  await Promise.all([killed.leave(), next.leave()])
})
