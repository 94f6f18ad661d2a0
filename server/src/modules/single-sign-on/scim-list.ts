import type { SQL } from 'drizzle-orm'
import type { FilterPart, ScimKind, ScimModel } from './adapters/scim-model.ts'
import { scimInvalid } from './errors.ts'
import { projectAttributes } from './rules/project-attributes.ts'
import { conditionOf } from './scim-filter.ts'

type Json = Record<string, unknown>

interface Query {
  filter?: string | undefined
  startIndex: number
  count: number
  attributes?: string | undefined
  excludedAttributes?: string | undefined
}

/** How a list is read from the database, in SCIM's words. */
export interface ScimSource {
  count(where: SQL | undefined): Promise<number>
  list(where: SQL | undefined, page: { limit: number; offset: number }): Promise<Json[]>
}

export const mostResults = 100
/** Beyond this a filter that the database cannot look by is refused. */
const mostLookedThrough = 5_000

/** One page of users or groups. @throws scim.invalid (400, invalidFilter or tooMany) */
export async function listResources(
  model: ScimModel,
  kind: ScimKind,
  source: ScimSource,
  query: Query,
): Promise<Json> {
  const offset = Math.max(query.startIndex, 1) - 1
  const limit = Math.min(Math.max(query.count, 0), mostResults)
  const parts = query.filter === undefined ? undefined : model.parseFilter(query.filter)
  const where = parts && conditionOf(kind, parts)
  const found =
    parts && !where
      ? await lookThrough(model, parts, source, { limit, offset })
      : {
          total: await source.count(where),
          page: limit === 0 ? [] : await source.list(where, { limit, offset }),
        }
  return listResponse(
    found.page.map((resource) => projectAttributes(resource, query)),
    found.total,
    offset + 1,
  )
}

async function lookThrough(
  model: ScimModel,
  parts: readonly FilterPart[],
  source: ScimSource,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ total: number; page: Json[] }> {
  if ((await source.count(undefined)) > mostLookedThrough)
    throw scimInvalid({
      message:
        'There are too many to be looked through. Filter by eq on userName, emails, externalId or displayName.',
      details: { scimType: 'tooMany' },
    })
  const all = await source.list(undefined, { limit: mostLookedThrough, offset: 0 })
  const matches = model.match(parts, all)
  return { total: matches.length, page: matches.slice(offset, offset + limit) }
}

export function listResponse(resources: readonly Json[], totalResults: number, startIndex = 1): Json {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}
