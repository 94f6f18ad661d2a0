import type { SQL } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Caller, Scope } from '../context.ts'
import { noOrganization } from '../errors.ts'
import type { Database } from './database.ts'
import type { Row, SystemTx, TenantTx, Tx } from './types.ts'

/**
 * Runs `work` in one transaction that sees one organization and nothing else. The first statement sets the role
 * `freehold_tenant` and the claims (Supabase's own setting, so that the same policies serve PostgREST); both end
 * with the transaction. @throws no_organization (403) when the caller acts in none.
 */
export function withTenant<T>(
  on: { database: Database; clock: Clock },
  caller: Caller,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  return inTenant(on, caller, false, work)
}

/**
 * As `withTenant`, for work that is one statement and changes nothing: the transaction is one flight to the database and
 * back, where `withTenant` needs two. @throws Error when `work` sends a second statement
 */
export function readTenant<T>(
  on: { database: Database; clock: Clock },
  caller: Caller,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  return inTenant(on, caller, true, work)
}

async function inTenant<T>(
  on: { database: Database; clock: Clock },
  caller: Caller,
  single: boolean,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  const organizationId = caller.organizationId
  if (organizationId === null) throw noOrganization()
  const claims = JSON.stringify({
    organization_id: organizationId,
    sub: caller.userId,
    role: 'freehold_tenant',
    // What a person may read inside their organization is asked of these two: see app.closed_collections.
    caller: caller.kind,
    api_key_id: caller.apiKeyId,
  })
  // SET LOCAL, which needs no plan, where set_config would need one each time.
  const statements = `set local role freehold_tenant; set local request.jwt.claims = ${literal(claims)}`
  return on.database.transaction({ statements, single, share: organizationId }, async (raw) => {
    // The brand says that the statement above has run; nothing else makes a TenantTx.
    const tx = raw as unknown as TenantTx
    return work({ tx, caller, organizationId, now: on.clock.now() })
  })
}

/** A text as a literal of SQL, whatever is in it: in standard strings only the quote means anything. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The reasons for which the program may look across organizations. A test lists who uses which. */
export type SystemReason =
  | 'authenticate'
  | 'memberships-of-person'
  | 'create-organization'
  | 'add-person-by-email'
  | 'accept-invitation'
  | 'restore-organization'
  | 'single-sign-on'
  | 'job'
  | 'recover-after-restart'
  | 'relay-events'
  | 'first-start'
  | 'operate'
  | 'send-mail'
  | 'repeat-request'

/** Runs `work` in one transaction across organizations: the one bypass, with its reason. */
export async function systemTx<T>(
  on: { database: Database },
  _reason: SystemReason,
  work: (tx: SystemTx) => Promise<T>,
): Promise<T> {
  const statements = 'set local role freehold_app'
  return on.database.transaction({ statements, single: false }, (raw) =>
    // As above: made here only.
    work(raw as unknown as SystemTx),
  )
}

/** Runs raw SQL and gives its rows, whichever driver is below. The caller states the row's shape. */
export async function rowsOf<T extends Row>(tx: Tx, query: SQL): Promise<T[]> {
  // Both drivers answer { rows }; Drizzle's common base type does not say so.
  const result = (await tx.execute(query)) as unknown as { rows: T[] }
  return result.rows
}

/** The SQLSTATE of a database error, through Drizzle's wrapping. */
export function sqlState(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string' && /^[0-9A-Z]{5}$/.test(current.code))
      return current.code
  }
  return undefined
}
