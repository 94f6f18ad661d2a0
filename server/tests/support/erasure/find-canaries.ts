import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Database } from '../../../src/platform/db/database.ts'

/**
 * The tables, of whatever schema, that hold a text anywhere: in any column of any type, as bytes too.
 * @returns `schema.table` and how many of its rows
 */
export async function tablesHolding(database: Database, canary: string): Promise<Record<string, number>> {
  const tables = await database.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') and schemaname not like 'pg_temp%'
       and has_table_privilege(format('%I.%I', schemaname, tablename), 'select') order by 1`,
  )
  const hex = Buffer.from(canary).toString('hex')
  const found: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await database.query(
      `select count(*)::int as count from ${String(name)} one where one::text ilike $1 or one::text ilike $2`,
      [`%${canary}%`, `%${hex}%`],
    )
    if (Number(row?.count) > 0) found[String(name)] = Number(row?.count)
  }
  return found
}

/** The files below a folder whose name or content holds a text. */
export async function filesHolding(folder: string, canary: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const held = await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name)
      if (file.includes(canary)) return file
      return entry.isFile() && (await readFile(file)).includes(canary) ? file : undefined
    }),
  )
  return held.filter((file) => file !== undefined)
}
