import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const name = z.string().trim().min(1).max(120)
const slug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be small letters and digits, with single hyphens between them')
  .openapi({ example: 'billing-bot', description: 'What callers say, as `OpenAI-Project`.' })
const description = z.string().trim().max(1_000)

export const newProjectBody = z
  .strictObject({
    name,
    slug: slug.optional().openapi({ description: 'Made of the name where it is left out.' }),
    description: description.default(''),
  })
  .openapi('NewProject')
export type NewProject = z.infer<typeof newProjectBody>

export const projectChanges = z
  .strictObject({ name: name.optional(), slug: slug.optional(), description: description.optional() })
  .openapi('ProjectChanges')
export type ProjectChanges = z.infer<typeof projectChanges>

export const projectParams = z.object({ id: z.uuid() })

export const projectListQuery = z.strictObject({
  ...pageQuery,
  archived: z.enum(['true', 'false']).default('false'),
})

export const project = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    description: z.string(),
    createdBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    archivedAt: z.iso.datetime().nullable(),
  })
  .openapi('Project')

export const projectList = pageOf(project).openapi('ProjectList')
