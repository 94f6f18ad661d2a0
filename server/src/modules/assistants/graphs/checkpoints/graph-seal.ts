import type { Scope } from '../../../../platform/context.ts'
import { decrypt, encrypt } from '../../../../platform/crypto/index.ts'
import type { Platform } from '../../../../platform/platform.ts'
import { openDataKeys } from '../../../organizations/index.ts'

type Table = 'graph_checkpoints' | 'graph_blobs' | 'graph_writes'
type Column = 'checkpoint' | 'metadata' | 'value'

/** The state of graphs is sealed under the organization's data key; each value opens in its own cell only. */
export interface GraphSeal {
  seal(table: Table, column: Column, key: readonly string[], bytes: Uint8Array): string
  open(table: Table, column: Column, key: readonly string[], sealed: string): Uint8Array
}

/** Opens the data keys of the scope's organization once, for any number of cells. */
export async function openGraphSeal(platform: Platform, scope: Scope): Promise<GraphSeal> {
  const keys = await openDataKeys(platform, scope)
  const { organizationId } = scope
  // A list of parts has one reading as JSON.
  const cell = (table: Table, column: Column, key: readonly string[]) => ({
    organizationId,
    table,
    column,
    rowId: JSON.stringify(key),
  })
  return {
    seal: (table, column, key, bytes) => encrypt(keys.current, bytes, cell(table, column, key)),
    open: (table, column, key, sealed) => decrypt(keys.keyFor(sealed), sealed, cell(table, column, key)),
  }
}
