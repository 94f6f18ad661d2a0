import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const role = z.enum(['owner', 'admin', 'member', 'guest'])
const name = z.string().trim().min(1).max(120)

export const organizationBody = z.strictObject({ name }).openapi('OrganizationChange')
export const organizationParams = z.object({ id: z.uuid() })
export const memberParams = z.object({ id: z.uuid(), userId: z.uuid() })
export const memberBody = z
  .strictObject({ email: z.email('must be an e-mail address').max(254), role: role.default('member') })
  .openapi('NewMember')
export const roleBody = z.strictObject({ role }).openapi('RoleChange')
export const memberListQuery = z.strictObject(pageQuery)

export const organization = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    role: role.nullable().openapi({ description: "The caller's role; null for an API key." }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('Organization')

export const organizationList = pageOf(organization).openapi('OrganizationList')

export const member = z
  .object({ userId: z.uuid(), email: z.string(), name: z.string(), role, joinedAt: z.iso.datetime() })
  .openapi('Member')

export const memberList = pageOf(member).openapi('MemberList')
