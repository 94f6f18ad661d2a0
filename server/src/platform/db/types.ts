import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

declare const tenantBrand: unique symbol
declare const systemBrand: unique symbol

type AnyTx = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** A transaction that sees one organization. Stores take this and nothing else. Made by `withTenant` only. */
export type TenantTx = AnyTx & { readonly [tenantBrand]: true }

/** A transaction that sees every organization: the one bypass. Made by `systemTx` only, with a reason. */
export type SystemTx = AnyTx & { readonly [systemBrand]: true }

export type Tx = TenantTx | SystemTx

/** A row of raw SQL. */
export type Row = Record<string, unknown>
