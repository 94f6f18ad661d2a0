import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import type { Catalog } from '../../../src/app/doctor/database/catalog.ts'

export interface DeclaredTable {
  name: string
  columns: { name: string; type: string; notNull: boolean; optional: boolean }[]
  primaryKey: string[]
}

/** Tables that the program reaches with raw SQL alone. */
export const undeclaredTables: Readonly<Record<string, string>> = {
  nodes: 'two statements of the node registry',
  usage_seals: 'bytes that go in and out as hexadecimal digits',
  book_closings: 'as the seals',
}

const sourceFolder = path.join(import.meta.dirname, '../../../src')

/** Every table that any `tables.ts` declares. */
export async function readDeclaredTables(): Promise<DeclaredTable[]> {
  const entries = await readdir(sourceFolder, { recursive: true })
  const files = entries.filter((entry) => path.basename(entry) === 'tables.ts').sort()
  const tables: DeclaredTable[] = []
  for (const file of files) {
    const exported: Record<string, unknown> = await import(path.join(sourceFolder, file))
    for (const table of Object.values(exported)) if (is(table, PgTable)) tables.push(declared(table))
  }
  return tables
}

function declared(table: PgTable): DeclaredTable {
  const config = getTableConfig(table)
  if (config.schema !== 'freehold')
    throw new Error(`The table ${config.name} is declared outside the schema freehold.`)
  return {
    name: config.name,
    columns: config.columns.map((column) => ({
      name: column.name,
      type: column.getSQLType(),
      notNull: column.notNull,
      optional:
        !column.notNull ||
        column.hasDefault ||
        column.generated !== undefined ||
        column.generatedIdentity !== undefined,
    })),
    primaryKey: [
      ...config.columns.filter((column) => column.primary).map((column) => column.name),
      ...config.primaryKeys.flatMap((key) => key.columns.map((column) => column.name)),
    ],
  }
}

/** Where the declarations and the database disagree, in both directions. */
export function disagreements(catalog: Catalog, tables: readonly DeclaredTable[]): string[] {
  const names = new Set([...catalog.tables.map((table) => table.name), ...tables.map((table) => table.name)])
  return [...names].flatMap((name) => {
    const real = catalog.tables.find((table) => table.name === name)
    const said = tables.find((table) => table.name === name)
    if (!real) return [`${name} is declared and does not exist`]
    if (!said) return name in undeclaredTables ? [] : [`${name} exists and is not declared`]
    if (tables.filter((table) => table.name === name).length > 1) return [`${name} is declared twice`]
    const key = catalog.constraints.find((one) => one.table === name && one.kind === 'p')?.columns ?? []
    return [
      ...(key.join() === said.primaryKey.join()
        ? []
        : [`${name} is keyed by (${key.join()}), declared (${said.primaryKey.join()})`]),
      ...said.columns
        .filter((one) => !real.columns.some((other) => other.name === one.name))
        .map((one) => `${name}.${one.name} is declared and does not exist`),
      ...real.columns.flatMap((column) => {
        const id = `${name}.${column.name}`
        const claim = said.columns.find((one) => one.name === column.name)
        // What the database makes itself may stay unmentioned.
        if (!claim) return column.generated ? [] : [`${id} exists and is not declared`]
        const fillsItself = !column.notNull || column.hasDefault || column.generated
        return [
          ...(claim.type === column.type ? [] : [`${id} is ${column.type}, declared ${claim.type}`]),
          ...(column.notNull && !claim.notNull && !column.generated
            ? [`${id} is not null, declared nullable`]
            : []),
          ...(claim.notNull && !column.notNull ? [`${id} is nullable, declared not null`] : []),
          ...(claim.optional && !fillsItself
            ? [`${id} may be left out by its declaration and not by the database`]
            : []),
        ]
      }),
    ]
  })
}
