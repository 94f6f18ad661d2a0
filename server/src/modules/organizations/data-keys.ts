import type { Scope } from '../../platform/context.ts'
import { type DataKey, dataKeyIdOf } from '../../platform/crypto/index.ts'
import type { Platform } from '../../platform/platform.ts'
import { listOrganizationKeys } from './store.ts'

/** An organization's data keys, opened: the newest seals, each opens what it sealed. */
export interface DataKeys {
  current: DataKey
  keyFor(sealed: string): DataKey
}

/**
 * Opens the data keys of the scope's organization. They are read with the tenant's own transaction, so nothing of
 * another organization can be opened even by mistake.
 */
export async function openDataKeys(platform: Platform, scope: Scope): Promise<DataKeys> {
  const { organizationId } = scope
  const opened = new Map<string, DataKey>()
  for (const row of await listOrganizationKeys(scope.tx)) {
    opened.set(row.id, platform.keyRing.unwrapDataKey(row.wrapped, { organizationId, dataKeyId: row.id }))
  }
  const current = [...opened.values()].at(-1)
  if (!current)
    throw new Error(`The organization ${organizationId} has no data key: its contents were erased.`)
  return {
    current,
    keyFor(sealed) {
      const key = opened.get(dataKeyIdOf(sealed))
      if (!key) throw new Error('The data key of this row was destroyed.')
      return key
    },
  }
}
