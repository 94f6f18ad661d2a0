import type { Database } from '../../platform/db/database.ts'
import { newId } from '../../platform/ids.ts'
import type { FileStorage } from '../../platform/storage/index.ts'
import { asSystem } from './database/run-as.ts'

/**
 * The people of a proof are known by their addresses, which nobody else can receive mail at (example.com is reserved),
 * and its organizations by having been made by them and having no other members. So they are found and removed even
 * when the process that made them was killed.
 */
const prefix = 'isolation-proof'
const domain = 'example.com'

/** An address of somebody who takes part in the run. */
export function addressOf(runId: string, name: string): string {
  return `${prefix}-${runId}-${name}@${domain}`
}

/** An address that a request brings: whoever it makes belongs to no run, and any run removes them. */
export function strayAddress(at = domain): string {
  return `${prefix}-stray-${newId()}@${at}`
}

/** A domain that belongs to nobody else, for the addresses of a tenant. */
export function newDomain(): string {
  return `${newId()}.${domain}`
}

export interface Removed {
  people: number
  organizations: number
  files: number
}

/** Removes everybody and everything that proofs have made, but for those of the runs that are under way. */
export async function removeThrowAways(
  { database, storage }: { database: Database; storage: FileStorage },
  runsUnderWay: readonly string[],
): Promise<Removed> {
  const removed = await asSystem(database, async (query) => {
    const others = runsUnderWay.map((id) => ` and email not like '${prefix}-${id}-%'`).join('')
    const people = `select id from freehold.users
      where (email like '${prefix}-%@${domain}' or email like '${prefix}-%@%.${domain}')${others}`
    const organizations = await query(`
      delete from freehold.organizations o
      where (exists (select from freehold.memberships m where m.organization_id = o.id)
          or exists (select from freehold.audit_entries a where a.organization_id = o.id
            and a.action = 'organization.create' and a.actor_id in (${people})))
        and not exists (select from freehold.memberships m
          where m.organization_id = o.id and m.user_id not in (${people}))
      returning id`)
    const gone = await query(`delete from freehold.users where id in (${people}) returning 1`)
    return { people: gone.length, organizations: organizations.map((row) => String(row.id)) }
  })
  let files = 0
  for (const id of removed.organizations) files += await storage.deletePrefix(`org/${id}/`)
  return { people: removed.people, organizations: removed.organizations.length, files }
}

/** The runs that people in the database belong to, whether they are under way or were killed. */
export async function runsWithPeople(database: Database): Promise<string[]> {
  const rows = await database.query(
    `select distinct substring(email from '^${prefix}-([0-9a-f-]{36})-[0-9a-f]+@') as run
     from freehold.users
     where email like '${prefix}-%@${domain}' or email like '${prefix}-%@%.${domain}'`,
  )
  return rows.flatMap((row) => (typeof row.run === 'string' ? [row.run] : []))
}
