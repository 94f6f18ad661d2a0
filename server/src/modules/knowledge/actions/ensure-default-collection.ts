import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { defaultCollectionName } from '../knowledge.ts'
import { type CollectionRow, findCollectionByName, insertCollection } from '../store.ts'

/** The collection for what names none; made at first use, once whatever the concurrency. */
export async function ensureDefaultCollection(scope: Scope): Promise<CollectionRow> {
  const row = {
    organizationId: scope.organizationId,
    id: newId(),
    name: defaultCollectionName,
    createdAt: scope.now,
  }
  const found = await findCollectionByName(scope.tx, defaultCollectionName)
  if (found) return found
  await insertCollection(scope.tx, row)
  const made = await findCollectionByName(scope.tx, defaultCollectionName)
  if (!made) throw new Error('The default collection was not made.')
  return made
}
