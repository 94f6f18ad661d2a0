import type { Database } from '../../../platform/db/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { Operation } from './operations.ts'

/** Which table a path segment or a field speaks of, where its name does not say so. */
const tables: Readonly<Record<string, string>> = { members: 'memberships', usage: 'usage_records' }

/** Resources of the installation: every organization names the same ones. */
export const globalResources: Readonly<Record<string, string>> = {
  models: 'the models that this installation serves',
}

/**
 * Tables of people, not of organizations: the rows of an organization's owner stand for it. Each with what a made row
 * needs that the catalog cannot say.
 */
export const personalTables: Readonly<Record<string, (mark: string) => Record<string, string>>> = {
  passkeys: (mark) => ({ credential_id: Buffer.from(mark).toString('base64url') }),
}

/** What a path parameter or a field names: a row of a table, by a column. */
export interface Resource {
  table: string
  column: string
}

const snake = (name: string) =>
  name.replaceAll('-', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** `/api/v1/usage/{requestId}`: usage_records.request_id. Undefined for global resources. */
export function resourceOfParameter(path: string, parameter: string): Resource | undefined {
  const parts = path.split('/')
  const segment = parts[parts.indexOf(`{${parameter}}`) - 1] ?? ''
  if (segment in globalResources) return undefined
  return { table: tables[segment] ?? snake(segment), column: snake(parameter) }
}

/** `collectionIds`: collections.id. */
export function resourceOfField(name: string): Resource {
  return { table: `${snake(name.replace(/Ids?$/, ''))}s`, column: 'id' }
}

/** Whose ids fill a request. */
export interface IdSource {
  idOf(resource: Resource): Promise<string>
}

/** The newest row of an organization. @throws when there is none, naming the table */
export function idsOf(database: Database, organizationId: string): IdSource {
  return {
    async idOf({ table, column }) {
      if (table === 'organizations') return organizationId
      const own =
        table in personalTables
          ? "user_id in (select user_id from freehold.memberships where organization_id = $1 and role = 'owner')"
          : 'organization_id = $1'
      // Names come from the contract's own paths and fields.
      const rows = await database.query(
        `select ${column}::text as id from freehold.${table} where ${own} order by ${column} desc limit 1`,
        [organizationId],
      )
      if (!rows[0]) throw new Error(`The organization has no row in ${table}.`)
      return String(rows[0].id)
    },
  }
}

export const randomIds: IdSource = { idOf: async () => newId() }

/** The first parameters from one source, the last from another: an own organization with a foreign member. */
export function lastFrom(
  last: IdSource,
  others: IdSource,
): (operation: Operation, parameter: string) => IdSource {
  return (operation, parameter) =>
    operation.path.lastIndexOf('{') === operation.path.indexOf(`{${parameter}}`) ? last : others
}
