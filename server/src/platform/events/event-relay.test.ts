import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'
import { type Scope, systemCaller } from '../context.ts'
import { withTenant } from '../db/transactions.ts'
import { newId } from '../ids.ts'
import { createEventRelay, type EventRelay, type StoredEvent } from './event-relay.ts'
import { publishEvent } from './publish-event.ts'

let on: TestApp
let ada: Actor
const relays: EventRelay[] = []

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
})

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(relays.splice(0).map((relay) => relay.stop()))
})

afterAll(async () => {
  await on.dispose()
})

function inTenant<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  return withTenant(on.platform, systemCaller(ada.organizationId, newId()), work)
}

/** Every test has an event type of its own: the database is shared. */
const newType = () => `test.${newId()}`

function publish(type: string, number: number): Promise<void> {
  return inTenant((scope) => publishEvent(scope, { type, data: { number } }))
}

/**
 * Reads what is published by now. Readers go no further than the oldest open transaction of the whole server, and on
 * PostgreSQL the other tests have theirs open in databases of their own: those end first.
 */
async function drain(relay: EventRelay): Promise<void> {
  const { database } = on.platform
  const [now] = await database.query('select pg_snapshot_xmax(pg_current_snapshot())::text as next')
  const passed = async () => {
    const look = 'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 as passed'
    return (await database.query(look, [now?.next]))[0]?.passed
  }
  await expect.poll(passed, { timeout: 50_000, interval: 20 }).toBe(true)
  await relay.drain()
}

interface Reader {
  relay: EventRelay
  seen: unknown[]
}

function readerOf(type: string, handle?: (event: StoredEvent) => void, reader = newId()): Reader {
  const seen: unknown[] = []
  const relay = createEventRelay(on.platform, [
    {
      reader,
      types: [type],
      async handle(event) {
        handle?.(event)
        seen.push(event.data.number)
      },
    },
  ])
  relays.push(relay)
  return { relay, seen }
}

describe('a reader', () => {
  test('sees each event of its types once and in order, and goes on where it stopped', async () => {
    const [type, other, reader] = [newType(), newType(), newId()]
    const first = readerOf(type, undefined, reader)
    for (let number = 0; number < 5; number++) await publish(type, number)
    await publish(other, 99)
    await drain(first.relay)
    expect(first.seen).toEqual([0, 1, 2, 3, 4])
    await publish(type, 5)
    const second = readerOf(type, undefined, reader)
    await drain(second.relay)
    expect(second.seen).toEqual([5])
  })

  test('reads more than one batch', async () => {
    const type = newType()
    const { relay, seen } = readerOf(type)
    await inTenant(async (scope) => {
      for (let number = 0; number < 230; number++) await publishEvent(scope, { type, data: { number } })
    })
    await drain(relay)
    expect(seen).toEqual(Array.from({ length: 230 }, (_, number) => number))
  })

  test('is told what happened, where and when', async () => {
    const type = newType()
    let told: StoredEvent | undefined
    const { relay } = readerOf(type, (event) => {
      told = event
    })
    await publish(type, 1)
    await drain(relay)
    expect(told).toEqual({
      id: expect.any(String),
      organizationId: ada.organizationId,
      type,
      data: { number: 1 },
      createdAt: expect.any(Date),
    })
  })

  test('that fails is given the event again, none behind it before, and none before it again', async () => {
    const type = newType()
    let failures = 2
    const { relay, seen } = readerOf(type, (event) => {
      if (event.data.number === 1 && failures-- > 0) throw new Error('not today')
    })
    for (let number = 0; number < 3; number++) await publish(type, number)
    await drain(relay)
    expect(seen).toEqual([0])
    await drain(relay)
    expect(seen).toEqual([0])
    await drain(relay)
    expect(seen).toEqual([0, 1, 2])
  })

  test('that fails keeps no other reader from its events', async () => {
    const type = newType()
    const seen: unknown[] = []
    const relay = createEventRelay(on.platform, [
      { reader: newId(), types: [type], handle: () => Promise.reject(new Error('never')) },
      { reader: newId(), types: [type], handle: async (event) => void seen.push(event.data.number) },
    ])
    relays.push(relay)
    await publish(type, 1)
    await drain(relay)
    expect(seen).toEqual([1])
  })

  test('never sees an event of a transaction that failed', async () => {
    const type = newType()
    const { relay, seen } = readerOf(type)
    const failing = inTenant(async (scope) => {
      await publishEvent(scope, { type, data: { number: 1 } })
      throw new Error('something after it')
    })
    await expect(failing).rejects.toThrow('something after it')
    await publish(type, 2)
    await drain(relay)
    expect(seen).toEqual([2])
  })

  test('is woken by the event itself and need not look for it', async () => {
    const type = newType()
    const { relay, seen } = readerOf(type)
    // Its intervals never come.
    vi.useFakeTimers({ toFake: ['setInterval'] })
    await relay.start()
    await relay.drain()
    await publish(type, 1)
    await expect.poll(() => seen, { timeout: 30_000, interval: 5 }).toEqual([1])
  })
})

describe.skipIf(!testsOnPostgres)('with several connections (PostgreSQL only)', () => {
  /** A connection of its own, acting as the server does. */
  async function connect(): Promise<pg.Client> {
    const [row] = await on.platform.database.query('select current_database() as name')
    const url = new URL(process.env.DATABASE_URL ?? '')
    url.pathname = `/${row?.name}`
    const client = new pg.Client({ connectionString: url.toString(), options: '-c role=freehold_app' })
    await client.connect()
    return client
  }

  const insert = `insert into freehold.events (organization_id, id, type, data, created_at) values ($1, $2, $3, $4, now())`

  test('no event is skipped when transactions commit in the reverse of their order', async () => {
    const type = newType()
    const { relay, seen } = readerOf(type)
    const [early, late] = [await connect(), await connect()]
    await early.query('begin')
    await early.query(insert, [ada.organizationId, newId(), type, { number: 1 }])
    await late.query('begin')
    await late.query(insert, [ada.organizationId, newId(), type, { number: 2 }])
    await late.query('commit')
    await relay.drain()
    // What committed stands behind one still open, and waits for it.
    expect(seen).toEqual([])
    await early.query('commit')
    await drain(relay)
    expect(seen).toEqual([1, 2])
    await Promise.all([early.end(), late.end()])
  })

  test('two nodes that read at once handle each event once', async () => {
    const [type, reader] = [newType(), newId()]
    const [one, two] = [readerOf(type, undefined, reader), readerOf(type, undefined, reader)]
    for (let number = 0; number < 20; number++) await publish(type, number)
    await Promise.all([one.relay.drain(), two.relay.drain(), one.relay.drain(), two.relay.drain()])
    await drain(one.relay)
    expect([...one.seen, ...two.seen].toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, number) => number),
    )
  })

  test('reading holds back no other reader', async () => {
    const type = newType()
    const inside = readerOf(type)
    let nested: unknown[] = []
    const outer = createEventRelay(on.platform, [
      {
        reader: newId(),
        types: [type],
        async handle() {
          await drain(inside.relay)
          nested = [...inside.seen]
        },
      },
    ])
    relays.push(outer)
    await publish(type, 1)
    await outer.drain()
    expect(nested).toEqual([1])
  })
})
