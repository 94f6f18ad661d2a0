import type { Database } from '../../../platform/db/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { Operation } from './operations.ts'
import { globalResources, resourcesOfFields, tablesOfSegments } from './samples.ts'

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
  return { table: tablesOfSegments[segment] ?? snake(segment), column: snake(parameter) }
}

/** `collectionIds`: collections.id. */
export function resourceOfField(name: string): Resource {
  return resourcesOfFields[name] ?? { table: `${snake(name.replace(/Ids?$/, ''))}s`, column: 'id' }
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
      // Names come from the contract's own paths and fields.
      const rows = await database.query(
        `select ${column}::text as id from freehold.${table} where organization_id = $1 order by ${column} desc limit 1`,
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
