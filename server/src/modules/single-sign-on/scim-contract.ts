import { z } from '@hono/zod-openapi'
import { mostOperations } from './rules/scim-weight.ts'

const schemas = z.array(z.string()).max(20)
const externalId = z.string().max(500).nullable().optional()

/** SCIM resources carry more than is named here: the schemas at `/scim/v2/Schemas` name it all. */
export const userBody = z
  .looseObject({ schemas: schemas.optional(), userName: z.string().trim().min(1).max(254), externalId })
  .openapi('ScimUserChange')
export const groupBody = z
  .looseObject({ schemas: schemas.optional(), displayName: z.string().trim().min(1).max(200), externalId })
  .openapi('ScimGroupChange')
export const patchBody = z
  .looseObject({
    schemas,
    Operations: z
      .array(
        z.looseObject({
          op: z.string(),
          path: z.string().max(200).optional(),
          value: z.unknown().optional(),
        }),
      )
      .min(1)
      .max(mostOperations),
  })
  .openapi('ScimPatch')

export const resourceParams = z.object({ id: z.uuid() })

const attributes = {
  attributes: z.string().max(2_000).optional(),
  excludedAttributes: z.string().max(2_000).optional(),
}
export const resourceQuery = z.looseObject(attributes)
/** Numbers that make no sense are brought into range, as the protocol asks. */
export const listQuery = z.looseObject({
  ...attributes,
  filter: z.string().max(500).optional().openapi({ example: 'userName eq "ada@acme.example"' }),
  startIndex: z.coerce.number().int().default(1),
  count: z.coerce.number().int().default(100),
})
export const discoveryQuery = z.looseObject({})
export const discoveryParams = z.object({ id: z.string().max(200) })

const meta = z.looseObject({ resourceType: z.string(), location: z.string() })
export const user = z.looseObject({ schemas, id: z.string() }).openapi('ScimUser')
export const group = z.looseObject({ schemas, id: z.string() }).openapi('ScimGroup')
export const described = z.looseObject({ schemas, meta: meta.optional() }).openapi('ScimDescription')

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    schemas,
    totalResults: z.number().int(),
    startIndex: z.number().int(),
    itemsPerPage: z.number().int(),
    Resources: z.array(item),
  })
export const userList = listOf(user).openapi('ScimUserList')
export const groupList = listOf(group).openapi('ScimGroupList')
export const describedList = listOf(z.looseObject({ id: z.string() })).openapi('ScimDescriptionList')
