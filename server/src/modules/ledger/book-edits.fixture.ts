import type { Query } from '../../app/doctor/database/catalog.ts'
import { newId } from '../../platform/ids.ts'

/** Numbers that look random and are the same in each run (mulberry32). */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

/** Another value of the same column, as SQL: what a check allows where there is one. */
const otherValues: Readonly<Record<string, string>> = {
  purpose: "case purpose when 'chat' then 'message' else 'chat' end",
  status: "case status when 'ok' then 'error' else 'ok' end",
  cache: "case cache when 'hit' then 'miss' else 'hit' end",
  paid_by: "case paid_by when 'organization' then 'installation' else 'organization' end",
}

function otherValue(name: string, type: string, pick: (below: number) => number): string {
  if (name in otherValues) return otherValues[name] ?? ''
  const amount = pick(3) === 0 ? 1 : 1 + pick(1_000_000)
  switch (type) {
    case 'uuid':
      return `case when ${name} is null or ${pick(2)} = 0 then '${newId()}'::uuid else gen_random_uuid() end`
    case 'text':
      return `coalesce(${name}, '') || ${pick(2) === 0 ? "' '" : "'x'"}`
    case 'jsonb':
      return `case when ${name} is null then '[]' when ${name} = '[]' then '[{"a": null}]' else '[]' end::jsonb`
    case 'boolean':
      return `not ${name}`
    case 'timestamp with time zone':
      return `${name} + interval '${pick(2) === 0 ? 1 : -amount} microseconds'`
    default:
      return `coalesce(${name}, 0) + ${amount}`
  }
}

export interface Column {
  name: string
  type: string
}

/**
 * One edit of an organization's sealed records, by somebody who may do anything to the database: a statement, and what it
 * is called.
 */
export async function randomEdit(
  query: Query,
  on: {
    organizationId: string
    otherId: string
    columns: readonly Column[]
    ids: readonly string[]
    days: readonly string[]
  },
  pick: (below: number) => number,
): Promise<string> {
  const { organizationId, otherId, columns, ids, days } = on
  const where = `organization_id = '${organizationId}'`
  const one = (list: readonly string[]) => list[pick(list.length)] ?? ''
  const id = one(ids)
  const names = columns.map(({ name }) => name).join(', ')
  const kind = pick(10)
  if (kind === 0) {
    await query(`delete from freehold.usage_records where ${where} and request_id = '${id}'`)
    return 'a deletion'
  }
  if (kind === 1) {
    const values = columns.map(({ name }) => (name === 'request_id' ? `'${newId()}'::uuid` : name)).join(', ')
    await query(`insert into freehold.usage_records (${names}) select ${values} from freehold.usage_records
      where ${where} and request_id = '${id}'`)
    return 'an insertion'
  }
  if (kind === 2) {
    const other = one(ids.filter((each) => each !== id))
    const moved = columns.filter(({ name }) => name !== 'request_id' && name !== 'organization_id')
    const list = moved.map(({ name }) => name).join(', ')
    await query(`update freehold.usage_records t set (${list}) = (select ${list} from freehold.usage_records s
      where s.${where} and s.request_id = case t.request_id when '${id}'::uuid then '${other}'::uuid else '${id}'::uuid end)
      where t.${where} and t.request_id in ('${id}', '${other}')`)
    return 'swapped rows'
  }
  if (kind === 3) {
    await query(
      `delete from freehold.usage_records where ${where} and (created_at at time zone 'UTC')::date = '${one(days)}'`,
    )
    return 'a whole day'
  }
  const column = columns[pick(columns.length)]
  if (!column) throw new Error('There are no columns.')
  const value =
    column.name === 'organization_id' ? `'${otherId}'` : otherValue(column.name, column.type, pick)
  await query(
    `update freehold.usage_records set ${column.name} = ${value} where ${where} and request_id = '${id}'`,
  )
  return column.name
}
