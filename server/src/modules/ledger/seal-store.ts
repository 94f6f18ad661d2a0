import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx, Tx } from '../../platform/db/types.ts'
import type { SealHead } from './book-codes.ts'
import { usageAdjustments, usageRecords } from './tables.ts'

/** What is sealed of both tables. Who made a call is sealed apart: erasure changes it. */
const sealedTables = {
  usage_records: {
    table: sql`freehold.usage_records`,
    id: 'request_id',
    people: ['user_id', 'api_key_id'],
    columns: Object.values(getTableColumns(usageRecords)).map(({ name }) => name),
  },
  usage_adjustments: {
    table: sql`freehold.usage_adjustments`,
    id: 'id',
    people: [],
    columns: Object.values(getTableColumns(usageAdjustments)).map(({ name }) => name),
  },
} as const satisfies Record<string, { table: SQL; id: string; people: string[]; columns: string[] }>

export type SealedTable = keyof typeof sealedTables

/** The columns of this version, as a seal names them. */
export function sealedColumns(table: SealedTable): string {
  const { columns, people } = sealedTables[table]
  const apart: readonly string[] = people
  return columns.filter((name) => !apart.includes(name)).join(',')
}

/** Makes the seals of an organization one after another. Before any other row that its transaction changes. */
export async function lockBooks(tx: Tx, organizationId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`books ${organizationId}`}, 0))`)
}

export interface SealableRecord {
  id: string
  content: string
  userId: string | null
  apiKeyId: string | null
}

interface RawRecord extends Row {
  id: string
  content: string
  user_id: string | null
  api_key_id: string | null
}

/**
 * Records as they are sealed: their columns in an order, as one text that is the same on every server and in every
 * session. Columns that this version does not know are null.
 */
export async function readSealable(
  tx: Tx,
  table: SealedTable,
  columns: string,
  ids: readonly string[],
  organizationId: string,
): Promise<SealableRecord[]> {
  const { table: name, id, people, columns: known } = sealedTables[table]
  const content = columns.split(',').map((column) => {
    if (!known.some((one) => one === column)) return sql`null::text`
    // An instant would come in the time zone of the session.
    return column.endsWith('_at') ? sql.raw(`${column} at time zone 'UTC'`) : sql.raw(column)
  })
  const rows = await rowsOf<RawRecord>(
    tx,
    sql`select ${sql.raw(id)} as id, jsonb_build_array(${sql.join(content, sql`, `)})::text as content,
      ${people.length > 0 ? sql`user_id, api_key_id` : sql`null as user_id, null as api_key_id`}
    from ${name} where organization_id = ${organizationId}::uuid
      and ${sql.raw(id)} in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
    order by 1`,
  )
  return rows.map((row) => ({
    id: row.id,
    content: row.content,
    userId: row.user_id,
    apiKeyId: row.api_key_id,
  }))
}

export interface Seal extends SealHead {
  people: Buffer
  digest: Buffer
}

export async function insertSeal(tx: TenantTx, seal: Seal): Promise<void> {
  const { organizationId, sequence, kind, day, sealedAt, keyId, columns } = seal
  await tx.execute(sql`
    insert into freehold.usage_seals
      (organization_id, sequence, kind, day, sealed_at, key_id, columns, entries, people, digest)
    values (${organizationId}::uuid, ${sequence}, ${kind}, ${day}::date, ${sealedAt.toISOString()}::timestamptz, ${keyId},
      ${columns}, ${bytes(seal.entries)}, ${bytes(seal.people)}, ${bytes(seal.digest)})`)
}

export async function findLastSeal(tx: TenantTx): Promise<{ sequence: number; digest: Buffer } | undefined> {
  const [row] = await rowsOf<{ sequence: string; digest: string }>(
    tx,
    sql`select sequence::text, encode(digest, 'hex') as digest from freehold.usage_seals order by usage_seals.sequence desc limit 1`,
  )
  return row && { sequence: Number(row.sequence), digest: Buffer.from(row.digest, 'hex') }
}

/** Some seals of an organization in their order, after one. */
export async function listSeals(
  tx: SystemTx,
  organizationId: string,
  after: number,
  limit: number,
): Promise<Seal[]> {
  return readSeals(tx, sql`organization_id = ${organizationId}::uuid and sequence > ${after}`, limit)
}

/** The seals of calls of some days. */
export async function listSealsOfDays(
  tx: Tx,
  organizationId: string,
  days: readonly string[],
): Promise<Seal[]> {
  return readSeals(
    tx,
    sql`organization_id = ${organizationId}::uuid and kind <> 'adjustments'
      and day in (select value::date from jsonb_array_elements_text(${JSON.stringify(days)}::jsonb))`,
    undefined,
  )
}

async function readSeals(tx: Tx, which: SQL, limit: number | undefined): Promise<Seal[]> {
  const rows = await rowsOf<{
    organization_id: string
    sequence: string
    kind: Seal['kind']
    day: string
    sealed_at: string | Date
    key_id: string
    columns: string
    entries: string
    people: string
    digest: string
  }>(
    tx,
    sql`select organization_id, sequence::text, kind, day::text, sealed_at, key_id, columns, encode(entries, 'hex') as entries,
      encode(people, 'hex') as people, encode(digest, 'hex') as digest
    from freehold.usage_seals where ${which} order by organization_id, usage_seals.sequence
    ${limit === undefined ? sql`` : sql`limit ${limit}`}`,
  )
  return rows.map((row) => ({
    organizationId: row.organization_id,
    sequence: Number(row.sequence),
    kind: row.kind,
    day: row.day,
    sealedAt: new Date(row.sealed_at),
    keyId: row.key_id,
    columns: row.columns,
    entries: Buffer.from(row.entries, 'hex'),
    people: Buffer.from(row.people, 'hex'),
    digest: Buffer.from(row.digest, 'hex'),
  }))
}

/** Replaces the codes of who made the calls of a seal. */
export async function updatePeople(tx: SystemTx, seal: Seal, people: Buffer): Promise<void> {
  await tx.execute(sql`update freehold.usage_seals set people = ${bytes(people)}
    where organization_id = ${seal.organizationId}::uuid and sequence = ${seal.sequence}`)
}

function bytes(value: Buffer): SQL {
  return sql`decode(${value.toString('hex')}, 'hex')`
}

export interface Closing {
  throughDay: string
  closedAt: Date
  keyId: string
  digest: Buffer
}

/** In their order. */
export async function listClosings(tx: SystemTx): Promise<Closing[]> {
  const rows = await rowsOf<{ day: string; closed_at: string | Date; key_id: string; digest: string }>(
    tx,
    sql`select through_day::text as day, closed_at, key_id, encode(digest, 'hex') as digest
      from freehold.book_closings order by through_day`,
  )
  return rows.map((row) => ({
    throughDay: row.day,
    closedAt: new Date(row.closed_at),
    keyId: row.key_id,
    digest: Buffer.from(row.digest, 'hex'),
  }))
}

/** Does nothing where another node has closed the day meanwhile. */
export async function insertClosing(tx: SystemTx, closing: Closing): Promise<void> {
  const { throughDay, closedAt, keyId, digest } = closing
  await tx.execute(sql`insert into freehold.book_closings (through_day, closed_at, key_id, digest)
    values (${throughDay}::date, ${closedAt.toISOString()}::timestamptz, ${keyId}, ${bytes(digest)})
    on conflict do nothing`)
}

export interface Organizational extends Row {
  id: string
}

/** The organizations that have calls in a time, in the order of their ids. */
export async function listOrganizationsWithCalls(
  tx: SystemTx,
  from: Date | undefined,
  to: Date,
): Promise<string[]> {
  const rows = await rowsOf<Organizational>(
    tx,
    sql`select id from freehold.organizations o where exists (
      select from freehold.usage_records r where r.organization_id = o.id
        and r.created_at < ${to.toISOString()}::timestamptz ${since(from)}) order by id`,
  )
  return rows.map(({ id }) => id)
}

/** The calls of a time that ended on a day, with the day, in their order. */
export async function listCallsByDay(
  tx: Tx,
  organizationId: string,
  from: Date | undefined,
  to: Date | undefined,
): Promise<{ id: string; day: string }[]> {
  const before = to === undefined ? sql`` : sql`and r.created_at < ${to.toISOString()}::timestamptz`
  return rowsOf<{ id: string; day: string }>(
    tx,
    sql`select request_id as id, (created_at at time zone 'UTC')::date::text as day from freehold.usage_records r
      where r.organization_id = ${organizationId}::uuid ${before} ${since(from)} order by created_at, request_id`,
  )
}

function since(from: Date | undefined): SQL {
  return from === undefined ? sql`` : sql`and r.created_at >= ${from.toISOString()}::timestamptz`
}

/** Every organization, and every one that has something in the books, in the order of their ids. */
export async function listOrganizationsInBooks(tx: SystemTx): Promise<string[]> {
  const rows = await rowsOf<Organizational>(tx, sql`select id from freehold.organizations order by id`)
  return rows.map(({ id }) => id)
}

export async function listAdjustmentIds(tx: SystemTx, organizationId: string): Promise<string[]> {
  const rows = await rowsOf<Organizational>(
    tx,
    sql`select id from freehold.usage_adjustments where organization_id = ${organizationId}::uuid order by id`,
  )
  return rows.map(({ id }) => id)
}
