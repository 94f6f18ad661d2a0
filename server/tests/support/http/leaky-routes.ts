import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import type { Database } from '../../../src/platform/db/database.ts'
import { rowsOf, systemTx } from '../../../src/platform/db/transactions.ts'
import { forbidden, notFound, unauthenticated } from '../../../src/platform/errors.ts'
import { defineRoute, type Route } from '../../../src/platform/http/route.ts'

/** Routes as nobody should write them, one mistake each: what the matrix must find. */
export function leakyRoutes(database: Database): Record<string, Route> {
  const tag = 'Leaks'
  const idParams = z.object({ id: z.uuid() })
  const ok = { status: 200, description: 'A leak', schema: z.unknown() } as const
  const find = (table: string, id: string) =>
    systemTx({ database }, 'operate', (tx) =>
      rowsOf(tx, sql`select * from freehold.${sql.raw(table)} where id = ${id}::uuid`),
    )
  return {
    'reads across organizations': defineRoute(
      {
        method: 'get',
        path: '/leaks/collections/{id}',
        tag,
        summary: 'Leak',
        access: 'read:documents',
        params: idParams,
        response: ok,
      },
      async ({ params }) => {
        const [row] = await find('collections', params.id)
        if (!row) throw notFound()
        return row
      },
    ),
    'tells that the thing exists': defineRoute(
      {
        method: 'delete',
        path: '/leaks/documents/{id}',
        tag,
        summary: 'Leak',
        access: 'write:documents',
        params: idParams,
        response: ok,
      },
      async ({ params }) => {
        const [row] = await find('documents', params.id)
        throw notFound(row ? { message: 'This belongs to another organization.' } : {})
      },
    ),
    'tells by a header that the thing exists': defineRoute(
      {
        method: 'patch',
        path: '/leaks/documents/{id}',
        tag,
        summary: 'Leak',
        access: 'write:documents',
        params: idParams,
        response: ok,
      },
      async ({ params }) => {
        const [row] = await find('documents', params.id)
        throw notFound(row ? { headers: { 'x-shard': '7' } } : {})
      },
    ),
    'tells that an id in a body exists': defineRoute(
      {
        method: 'post',
        path: '/leaks/search',
        tag,
        summary: 'Leak',
        access: 'read:documents',
        body: z.strictObject({ collectionIds: z.array(z.uuid()).optional() }),
        response: ok,
      },
      async ({ body }) => {
        const found = await Promise.all((body.collectionIds ?? []).map((id) => find('collections', id)))
        return { found: found.flat().length }
      },
    ),
    'tells that an id in a query exists': defineRoute(
      {
        method: 'get',
        path: '/leaks/documents',
        tag,
        summary: 'Leak',
        access: 'read:documents',
        query: z.object({ collectionId: z.uuid().optional() }),
        response: ok,
      },
      async ({ query }) => ({
        found: query.collectionId ? (await find('collections', query.collectionId)).length : 0,
      }),
    ),
    'lists across organizations': defineRoute(
      {
        method: 'get',
        path: '/leaks/everything',
        tag,
        summary: 'Leak',
        access: 'read:documents',
        response: ok,
      },
      async () =>
        systemTx({ database }, 'operate', (tx) => rowsOf(tx, sql`select name from freehold.collections`)),
    ),
    'needs more than it declares': defineRoute(
      { method: 'get', path: '/leaks/strict', tag, summary: 'Leak', access: 'read:models', response: ok },
      async ({ caller }) => {
        if (caller.role !== 'owner') throw forbidden()
        return {}
      },
    ),
    'is public and asks for credentials': defineRoute(
      { method: 'get', path: '/leaks/public', tag, summary: 'Leak', access: 'public', response: ok },
      async ({ caller }) => {
        if (caller.userId === null) throw unauthenticated()
        return {}
      },
    ),
    'breaks down': defineRoute(
      { method: 'get', path: '/leaks/broken', tag, summary: 'Leak', access: 'read:models', response: ok },
      async () => {
        throw new Error('broken')
      },
    ),
  }
}
