import type { Database } from '../../../platform/db/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { Operation } from './operations.ts'
import { globalResources, namesBelowIds, resourcesOfFields, tablesOfSegments } from './samples.ts'

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

/** `/api/v1/usage/{requestId}`: usage_records.request_id. Undefined for global resources and names below an id. */
export function resourceOfParameter(path: string, parameter: string): Resource | undefined {
  const parts = path.split('/')
  const segment = parts[parts.indexOf(`{${parameter}}`) - 1] ?? ''
  if (segment in globalResources || parameter in namesBelowIds) return undefined
  const table = tablesOfSegments[segment] ?? snake(segment)
  // `roles/{roleId}` is `roles/{id}` below something that has an id of its own.
  const column = snake(parameter)
  return { table, column: column === `${table.replace(/s$/, '')}_id` ? 'id' : column }
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

/** The ids as they were first: where a wall has a hole, what was there may be gone by the second question. */
export function remembered(ids: IdSource): IdSource {
  const known = new Map<string, Promise<string>>()
  return {
    idOf(resource) {
      const name = `${resource.table}.${resource.column}`
      const id = known.get(name) ?? ids.idOf(resource)
      known.set(name, id)
      return id
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
