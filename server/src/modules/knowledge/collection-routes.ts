import type { Scope } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { changeCollection } from './actions/change-collection.ts'
import { createCollection } from './actions/create-collection.ts'
import { ensureDefaultCollection } from './actions/ensure-default-collection.ts'
import { listReaders } from './collection-store.ts'
import * as contract from './contract.ts'
import {
  collectionLocksYouOut,
  collectionNameTaken,
  collectionNotFound,
  collectionOverlapTooLarge,
  collectionReaderUnknown,
  defaultCollectionOpen,
} from './errors.ts'
import type { Knowledge } from './knowledge.ts'
import { presentCollection } from './present.ts'
import { listCollections } from './store.ts'

const tag = 'Knowledge'

export function collectionRoutes(knowledge: Knowledge): Route[] {
  const { platform } = knowledge

  async function readCollections(scope: Scope, only?: string) {
    const rows = await listCollections(scope.tx)
    const wanted = rows.filter(({ id }) => only === undefined || id === only)
    const readers = await listReaders(
      scope.tx,
      wanted.map(({ id }) => id),
    )
    return wanted.map((row) => presentCollection(row, readers.get(row.id)))
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/collections',
        tag,
        summary: 'The collections of documents',
        description: 'Those that the caller may read.',
        access: 'read:documents',
        response: { status: 200, description: 'The collections', schema: contract.collectionList },
      },
      async ({ caller }) => {
        const data = await withTenant(platform, caller, async (scope) => {
          await ensureDefaultCollection(scope)
          return readCollections(scope)
        })
        return { data, nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/collections',
        tag,
        summary: 'Make a collection',
        access: 'write:documents',
        body: contract.collectionBody,
        response: { status: 201, description: 'The new collection', schema: contract.collection },
        errors: [collectionNameTaken],
      },
      async ({ caller, body }) => {
        const row = await withTenant(platform, caller, (scope) => createCollection(scope, body.name))
        return presentCollection({ ...row, documentCount: 0 }, undefined)
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/collections/{id}',
        tag,
        summary: 'Change a collection',
        description:
          'Who reads a restricted collection is a matter of `manage:users`; its owners always do. Search, lists, documents, passages and citations show nothing of it to anybody else. A new size of passages has its documents read anew.',
        access: 'write:documents',
        params: contract.idParams,
        body: contract.collectionChange,
        response: { status: 200, description: 'The collection', schema: contract.collection },
        errors: [
          collectionNotFound,
          collectionNameTaken,
          collectionLocksYouOut,
          collectionOverlapTooLarge,
          collectionReaderUnknown,
          defaultCollectionOpen,
        ],
      },
      ({ caller, params, body }) =>
        withTenant(platform, caller, async (scope) => {
          await changeCollection(scope, platform.jobs, params.id, body)
          const [changed] = await readCollections(scope, params.id)
          if (!changed) throw collectionNotFound()
          return changed
        }),
    ),
  ]
}
