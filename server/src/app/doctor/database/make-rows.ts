import { newId } from '../../../platform/ids.ts'
import type { Catalog, Column, Constraint, Table } from './catalog.ts'
import { literal } from './run-as.ts'
import { organizationColumn, tenantTables } from './tenancy.ts'

/** A row as SQL literals by column. */
export type MadeRow = Readonly<Record<string, string>>

export interface RowPlan {
  organizationId: string
  userId: string
  /** Stands in every text of the row, so that it is recognised wherever it turns up. */
  mark: string
  /** Ids by `table.column`; what is missing is made and kept here. Two plans that share ids collide on purpose. */
  ids: Map<string, string>
  /** For every column of whole numbers. */
  count: number
}

/** Parents before children. */
export function inOrderOfKeys(catalog: Catalog): Table[] {
  const ordered: Table[] = []
  const add = (table: Table): void => {
    if (ordered.includes(table)) return
    for (const key of catalog.constraints) {
      if (key.kind !== 'f' || key.table !== table.name || key.otherTable === table.name) continue
      const parent = tenantTables(catalog).find((one) => one.name === key.otherTable)
      if (parent) add(parent)
    }
    ordered.push(table)
  }
  for (const table of tenantTables(catalog)) add(table)
  return ordered
}

/** A row of a tenant table that every constraint accepts, made from the catalog alone. */
export function makeRow(catalog: Catalog, table: Table, plan: RowPlan): MadeRow {
  const row: Record<string, string> = {}
  for (const column of table.columns) {
    if (column.generated) continue
    if (column.name === organizationColumn) row[column.name] = literal(plan.organizationId)
    else if (!column.hasDefault) row[column.name] = makeValue(catalog, table, column, plan)
  }
  return row
}

function makeValue(catalog: Catalog, table: Table, column: Column, plan: RowPlan): string {
  const checks = checksOf(catalog, table.name, column.name)
  // What may be absent and depends on another column is left out.
  if (!column.notNull && checks.some((one) => one.columns.length > 1)) return 'null'
  const parent = parentOf(catalog, table.name, column.name)
  if (parent) return parent.table === 'users' ? literal(plan.userId) : literal(idFor(plan, parent.id))
  const own = checks.filter((one) => one.columns.length === 1)
  const words = own.map((one) => /'([^']*)'::text/.exec(one.definition)?.[1]).find((one) => one !== undefined)
  if (words !== undefined) return literal(words)
  const id = `${table.name}.${column.name}`
  switch (column.type) {
    case 'uuid':
      return literal(idFor(plan, id))
    case 'text':
      return literal(`${plan.mark} ${id}`.slice(0, longest(own)))
    case 'jsonb':
      return literal(JSON.stringify({ mark: plan.mark }))
    case 'timestamp with time zone':
      return 'now()'
    case 'bytea':
      return `decode(md5(${literal(plan.mark)}), 'hex')`
    case 'date':
      return 'current_date'
    case 'integer':
    case 'bigint':
    case 'smallint':
      return String(plan.count)
    case 'text[]':
      return `array[${literal(plan.mark)}]`
    case 'boolean':
      return 'false'
    case 'halfvec':
      return "'[1,0,0]'"
    default:
      if (!column.notNull) return 'null'
      throw new Error(`No value can be made for ${id} of type ${column.type}: add the type to make-rows.ts.`)
  }
}

/** The column that a foreign key leads to, and on from there: a member of an organization is a person in the end. */
function parentOf(
  catalog: Catalog,
  table: string,
  column: string,
): { table: string; id: string } | undefined {
  const key = catalog.constraints.find(
    (one) => one.kind === 'f' && one.table === table && one.columns.includes(column),
  )
  const parentColumn = key?.otherColumns[key.columns.indexOf(column)]
  const other = key?.otherTable
  if (!other || parentColumn === undefined) return undefined
  const further = other === table ? undefined : parentOf(catalog, other, parentColumn)
  return further ?? { table: other, id: `${other}.${parentColumn}` }
}

function checksOf(catalog: Catalog, table: string, column: string): Constraint[] {
  return catalog.constraints.filter(
    (one) => one.kind === 'c' && one.table === table && one.columns.includes(column),
  )
}

/** What `check (length(name) <= 60)` allows. */
function longest(checks: readonly Constraint[]): number {
  return Math.min(
    ...checks.map((one) => Number(/length\(\w+\) <= (\d+)/.exec(one.definition)?.[1] ?? Infinity)),
  )
}

/** The row with a column that `makeRow` may have left out, and what a check then asks of other columns: `role = 'member'`. */
export function withColumn(
  catalog: Catalog,
  table: string,
  row: MadeRow,
  column: string,
  value: string,
): MadeRow {
  const asked = checksOf(catalog, table, column)
    .filter((one) => one.columns.length > 1)
    .flatMap((one) => [...one.definition.matchAll(/\((\w+) = ('[^']*')::text\)/g)])
    .map(([, name = '', word = '']) => [name, word])
  return { ...row, ...Object.fromEntries(asked), [column]: value }
}

function idFor(plan: RowPlan, id: string): string {
  const known = plan.ids.get(id)
  if (known !== undefined) return known
  const made = newId()
  plan.ids.set(id, made)
  return made
}

export function insertOf(table: string, row: MadeRow): string {
  return `insert into freehold.${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`
}
