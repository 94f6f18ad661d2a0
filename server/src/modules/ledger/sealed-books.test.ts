import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Query } from '../../app/doctor/database/catalog.ts'
import { systemCaller } from '../../platform/context.ts'
import { rowsOf, systemTx, withTenant } from '../../platform/db/transactions.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { usageRecordOf } from '../../testing/usage-record.ts'
import { closeBooks } from './actions/close-books.ts'
import { type EndedUsageRecord, recordCalls } from './actions/record-usage.ts'
import {
  type BookFinding,
  keysOf,
  verifyBooks,
  verifyClosings,
  verifyOrganization,
} from './actions/verify-books.ts'
import { type Column, randomEdit, seededNumbers } from './book-edits.fixture.ts'
import { pseudonymiseUsage } from './index.ts'
import { listClosings } from './seal-store.ts'

let on: TestApp
let ada: Actor
let other: Actor
const days: string[] = []
const dayMs = 86_400_000

async function record(whose: Actor, fields: Partial<EndedUsageRecord> = {}): Promise<string> {
  const row = { ...usageRecordOf({}), createdAt: on.platform.clock.now(), ...fields }
  await withTenant(on.platform, systemCaller(whose.organizationId, newId()), (scope) =>
    recordCalls(on.platform, scope, [row]),
  )
  return row.requestId
}

/** The next day, at an hour of it. */
function goTo(hour: number, minutes = 0): void {
  const today = on.platform.clock.now().toISOString().slice(0, 10)
  on.platform.clock.set(new Date(Date.parse(today) + dayMs + hour * 3_600_000 + minutes * 60_000))
}

const verify = (whose: Actor) => verifyBooks(on.platform, { organizationId: whose.organizationId })

class Undo extends Error {}

/** What is found after an edit by somebody with all rights, which is undone. */
async function findingsAfter<T>(
  edit: (query: Query, tx: SystemTx) => Promise<T>,
  whose = ada,
): Promise<{ edited: T; findings: BookFinding[] }> {
  let result: { edited: T; findings: BookFinding[] } | undefined
  try {
    await on.platform.database.transaction(
      { statements: 'set local role none', single: false },
      async (raw) => {
        const tx = raw as unknown as SystemTx // played by the database's owner here
        const edited = await edit((text) => rowsOf(tx, sql.raw(text)), tx)
        const { findings } = await verifyOrganization(tx, keysOf(on.platform.keyRing), whose.organizationId, {
          through: (await listClosings(tx)).at(-1)?.throughDay,
          kept: [],
          now: on.platform.clock.now(),
        })
        result = { edited, findings }
        throw new Undo()
      },
    )
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
  if (!result) throw new Error('Nothing was tried.')
  return result
}

beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
  other = await signUp(on)
  for (let day = 0; day < 3; day++) {
    goTo(12)
    days.push(on.platform.clock.now().toISOString().slice(0, 10))
    for (let call = 0; call < 8; call++)
      await record(ada, {
        userId: call % 2 === 0 ? ada.userId : null,
        apiKeyId: call % 3 === 0 ? newId() : null,
        tag: call % 4 === 0 ? 'night' : null,
        costNanos: BigInt(call),
        costTerms: call === 5 ? { feesNanos: '7' } : null,
        attempts: [],
      })
    await record(other)
    goTo(2)
    await closeBooks(on.platform)
    on.platform.clock.set(new Date(on.platform.clock.now().getTime() - dayMs))
  }
  goTo(2)
})
afterAll(async () => {
  // Other files share the database, and live in days that were closed here.
  await on.platform.database.transaction({ statements: 'set local role none', single: false }, (tx) =>
    tx.execute('delete from freehold.book_closings'),
  )
  await on.dispose()
})

describe('P10: the books of closed days', () => {
  test('are as they were sealed, and today’s calls wait for the day’s end', async () => {
    await record(ada)
    const report = await verify(ada)
    expect(report).toMatchObject({ organizations: 1, records: 24, findings: [], throughDay: days[2] })
    expect(report.heads).toHaveLength(1)
  })

  test('1,000 random edits by somebody with all rights: 1,000 are found', { timeout: 240_000 }, async () => {
    const columns = await on.platform.database.query(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
        where attrelid = 'freehold.usage_records'::regclass and attnum > 0 and not attisdropped`,
    )
    const rows = await on.platform.database.query(
      `select request_id as id from freehold.usage_records where organization_id = $1 and created_at < $2`,
      [ada.organizationId, new Date(Date.parse(days[2] ?? '') + dayMs).toISOString()],
    )
    const about = {
      organizationId: ada.organizationId,
      otherId: other.organizationId,
      columns: columns as unknown as Column[], // the two columns of the statement above
      ids: rows.map(({ id }) => String(id)),
      days,
    }
    const pick = seededNumbers(20_260_131)
    const missed: string[] = []
    const kinds = new Set<string>()
    for (let edit = 0; edit < 1_000; edit++) {
      const { edited, findings } = await findingsAfter((query) => randomEdit(query, about, pick))
      kinds.add(edited)
      if (findings.length === 0) missed.push(edited)
      else if (
        !findings.every(
          (one) => one.organizationId === ada.organizationId && one.record !== null && one.day !== null,
        )
      )
        missed.push(`${edited}: not named`)
    }
    expect(missed).toEqual([])
    // Every column was edited, and every other kind of edit made.
    expect(kinds.size).toBe(about.columns.length + 4)
    expect((await verify(ada)).findings).toEqual([])
  })

  test('name the record that was edited, and only that one', async () => {
    const [row] = await on.platform.database.query(
      `select request_id as id from freehold.usage_records where organization_id = $1 order by created_at limit 1`,
      [ada.organizationId],
    )
    const { findings } = await findingsAfter((query) =>
      query(`update freehold.usage_records set cost_nanos = cost_nanos + 1 where request_id = '${row?.id}'`),
    )
    expect(findings).toEqual([
      { what: 'record_changed', organizationId: ada.organizationId, day: days[0], record: row?.id },
    ])
  })

  test.each([
    [
      'a code is changed',
      'update freehold.usage_seals set entries = set_byte(entries, 20, get_byte(entries, 20) # 1) where sequence = 2',
    ],
    [
      'who made the calls is changed',
      'update freehold.usage_seals set people = set_byte(people, 0, get_byte(people, 0) # 1) where sequence = 1',
    ],
    ['one is taken away', 'delete from freehold.usage_seals where sequence = 2'],
    ['the last is taken away and the calls stay', 'delete from freehold.usage_seals where sequence = 3'],
    [
      'two change places',
      'update freehold.usage_seals set sequence = case sequence when 1 then 12 else 11 end where sequence < 3; update freehold.usage_seals set sequence = sequence - 10 where sequence > 10',
    ],
    ['a day is renamed', 'update freehold.usage_seals set day = day - 1 where sequence = 1'],
  ])('find that of the seals %s', async (_what, statements) => {
    const { findings } = await findingsAfter(async (query) => {
      for (const statement of statements.split('; '))
        await query(`${statement} and organization_id = '${ada.organizationId}'`)
    })
    expect(findings).not.toEqual([])
  })

  test('with heads that were kept elsewhere, a day that was taken away with its seal is found too', async () => {
    const { heads: earlier } = await verify(ada)
    await findingsAfter(async (query) => {
      await query(
        `delete from freehold.usage_seals where sequence = 3 and organization_id = '${ada.organizationId}'`,
      )
      await query(
        `delete from freehold.usage_records where created_at::date = '${days[2]}' and organization_id = '${ada.organizationId}'`,
      )
    }).then(({ findings }) => expect(findings).toEqual([]))
    const shorter = earlier.map((head) => ({ ...head, sequence: head.sequence + 1 }))
    const { findings } = await verifyBooks(on.platform, {
      organizationId: ada.organizationId,
      earlier: shorter,
    })
    expect(findings.map(({ what }) => what)).toEqual(['seal_missing'])
    const forged = earlier.map((head) => ({ ...head, digest: '00' }))
    expect(
      (await verifyBooks(on.platform, { organizationId: ada.organizationId, earlier: forged })).findings,
    ).toHaveLength(1)
  })
})

describe('no alarm is given', () => {
  test('for a call that is recorded days late by the journal of a killed process', async () => {
    const id = await record(other, { createdAt: new Date(`${days[0]}T10:00:00Z`) })
    expect((await verify(other)).findings).toEqual([])
    const { findings } = await findingsAfter(
      (query) => query(`update freehold.usage_records set cost_nanos = 0 where request_id = '${id}'`),
      other,
    )
    expect(findings.map(({ record: named }) => named)).toEqual([id])
  })

  test('for a call of yesterday that is recorded between midnight and the closing', async () => {
    goTo(0, 10)
    await record(other, { createdAt: new Date(on.platform.clock.now().getTime() - 20 * 60_000) })
    on.platform.clock.advance(35 * 60_000)
    await record(other, { createdAt: new Date(on.platform.clock.now().getTime() - 60 * 60_000) })
    on.platform.clock.advance(2 * 3_600_000)
    await closeBooks(on.platform)
    await closeBooks(on.platform)
    expect((await verify(other)).findings).toEqual([])
  })

  test('for a person who was erased; and who made a call is watched on', async () => {
    await systemTx(on.platform, 'first-start', (tx) => pseudonymiseUsage(on.platform, tx, ada.userId))
    const [row] = await on.platform.database.query(
      `select request_id as id from freehold.usage_records where organization_id = $1 and user_id is not null limit 1`,
      [ada.organizationId],
    )
    expect((await verify(ada)).findings).toEqual([])
    for (const [column, value] of [
      ['user_id', `'${newId()}'`],
      ['user_id', 'null'],
      ['user_id', `'${ada.userId}'`],
      ['api_key_id', `'${newId()}'`],
    ]) {
      const { findings } = await findingsAfter((query) =>
        query(`update freehold.usage_records set ${column} = ${value} where request_id = '${row?.id}'`),
      )
      expect(findings.map(({ what, record: named }) => [what, named])).toEqual([['person_changed', row?.id]])
    }
  })
})

test('a closing that was changed or taken away is found', async () => {
  const after = async (statement: string) => {
    const { edited } = await findingsAfter(async (query, tx) => {
      await query(statement)
      return verifyClosings(keysOf(on.platform.keyRing), await listClosings(tx))
    })
    return edited.map(({ what }) => what)
  }
  const second = `where through_day = '${days[1]}'`
  expect(
    await after(`update freehold.book_closings set closed_at = closed_at + interval '1 day' ${second}`),
  ).toEqual(['closing_changed'])
  expect(await after(`delete from freehold.book_closings ${second}`)).toEqual(['closing_changed'])
  expect(await after('select 1')).toEqual([])
})
