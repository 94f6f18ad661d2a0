import { type SQL, sql } from 'drizzle-orm'
import { isId } from '../../platform/ids.ts'
import type { FilterPart } from './adapters/scim-model.ts'
import { scimGroups, scimUsers } from './tables.ts'

/** How the database looks for a value; undefined where it cannot. */
type Look = (value: unknown) => SQL | undefined

const byText = (condition: (value: string) => SQL): Look => {
  return (value) => (typeof value === 'string' ? condition(value) : undefined)
}
const byId = (column: SQL) => byText((value) => (isId(value) ? sql`${column} = ${value}::uuid` : sql`false`))

const ofUsers: Readonly<Record<string, Look>> = {
  id: byId(sql`${scimUsers.id}`),
  username: byText((value) => sql`lower(${scimUsers.userName}) = lower(${value})`),
  externalid: byText((value) => sql`${scimUsers.externalId} = ${value}`),
  displayname: byText((value) => sql`lower(${scimUsers.attributes}->>'displayName') = lower(${value})`),
  emails: byText((value) => {
    const listed = JSON.stringify([{ value: value.toLowerCase() }])
    return sql`(${scimUsers.email} = lower(${value}) or ${scimUsers.attributes}->'emails' @> ${listed}::jsonb)`
  }),
  active: (value) => (typeof value === 'boolean' ? sql`${isActive} = ${value}` : undefined),
}

/** Whether a user is a member of the organization now. Names are written out: Drizzle leaves out the table among fields. */
export const isActive = sql<boolean>`exists (select from freehold.memberships m where m.user_id = scim_users.user_id)`

const ofGroups: Readonly<Record<string, Look>> = {
  id: byId(sql`${scimGroups.id}`),
  displayname: byText((value) => sql`lower(${scimGroups.displayName}) = lower(${value})`),
  externalid: byText((value) => sql`${scimGroups.externalId} = ${value}`),
  members: byText((value) =>
    isId(value)
      ? sql`exists (select from freehold.scim_group_members g
          where g.group_id = scim_groups.id and g.scim_user_id = ${value}::uuid)`
      : sql`false`,
  ),
}

const tables = { user: ofUsers, group: ofGroups }

/**
 * A filter as a condition of the database, where it is made of the comparisons that identity providers send. Undefined
 * for all others, which are looked through one by one.
 */
export function conditionOf(kind: keyof typeof tables, parts: readonly FilterPart[]): SQL | undefined {
  const alternatives = parts.map((part) => {
    const conditions = Object.entries(part).map(([name, test]) =>
      lookFor(tables[kind][name.toLowerCase()], test),
    )
    return conditions.every((one) => one !== undefined) ? sql.join(conditions, sql` and `) : undefined
  })
  if (!alternatives.every((one) => one !== undefined)) return undefined
  return sql`(${sql.join(
    alternatives.map((one) => sql`(${one})`),
    sql` or `,
  )})`
}

/** `["eq", value]`, or the same of an attribute's `value`. */
function lookFor(look: Look | undefined, test: unknown): SQL | undefined {
  if (!Array.isArray(test)) {
    const entries = Object.entries(Object(test))
    const [name, inner] = entries[0] ?? []
    return entries.length === 1 && name?.toLowerCase() === 'value' ? lookFor(look, inner) : undefined
  }
  const [word, value] = test
  return String(word).toLowerCase() === 'eq' && test.length === 2 ? look?.(value) : undefined
}
