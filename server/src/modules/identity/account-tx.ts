import type { Database } from '../../platform/db/database.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import type { SystemTx } from '../../platform/db/types.ts'

/**
 * One transaction on a person's own credentials, sessions and factors, which belong to no organization. It stays
 * inside this module: the stores it is handed to know none of the tenants' tables.
 */
export function accountTx<T>(on: { database: Database }, work: (tx: SystemTx) => Promise<T>): Promise<T> {
  return systemTx(on, 'authenticate', work)
}
