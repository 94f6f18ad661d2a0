import type { Scope } from '../../../platform/context.ts'
import { collectionNotFound } from '../errors.ts'
import { findCollection } from '../store.ts'

/** @throws knowledge.collection_not_found (404) where one of them is not the organization's */
export async function requireCollections({ tx }: Scope, ids: readonly string[]): Promise<void> {
  for (const id of ids) if (!(await findCollection(tx, id))) throw collectionNotFound()
}
