import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const role = z.enum(['owner', 'admin', 'member', 'guest'])
const name = z.string().trim().min(1).max(120)
const email = z.email('must be an e-mail address').max(254)
const instant = z.iso.datetime()
const token = z.string().min(1).max(200)

const customRoleId = z.uuid().optional().openapi({
  description: 'A role of the organization’s own, whose permissions count instead. `role` is then `member`.',
})
const customRole = z
  .object({ id: z.uuid(), name: z.string() })
  .nullable()
  .openapi({ description: 'The role of the organization’s own, whose permissions count.' })

/** A custom role stands in the place of `member`; with any other built-in role it would say two things. */
const oneRole = (body: { role?: string | undefined; customRoleId?: string | undefined }) =>
  body.customRoleId === undefined || body.role === undefined || body.role === 'member'
const oneRoleProblem = { path: ['customRoleId'], message: 'cannot be given together with another role' }

// ── organizations ───────────────────────────────────────────────────────────────────────────────────────────

export const organizationBody = z.strictObject({ name }).openapi('OrganizationChange')
export const organizationParams = z.object({ id: z.uuid() })
export const organizationListQuery = z.strictObject({
  deleted: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: '`true`: those you own that were deleted and can be restored.' }),
})
export const deletionBody = z
  .strictObject({ confirm: z.string().max(120).openapi({ description: "The organization's slug." }) })
  .openapi('OrganizationDeletion')

export const organization = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    role: role.nullable().openapi({ description: "The caller's role; null for an API key." }),
    createdAt: instant,
    updatedAt: instant,
    deletedAt: instant.nullable().openapi({ description: 'Null while it is in use.' }),
    erasedAfter: instant
      .nullable()
      .openapi({ description: 'Until then a deleted organization can be restored.' }),
  })
  .openapi('Organization')

export const organizationList = pageOf(organization).openapi('OrganizationList')

const allowedModels = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(200)
  .nullable()
  .openapi({ description: 'The only models that may be named here; null for every model there is.' })
const defaultModel = z.string().min(1).max(200).nullable().openapi({
  description: 'The chat model of calls that name none; null for the default of the installation.',
})

const responseCacheSeconds = z
  .int()
  .min(1)
  .max(86_400)
  .nullable()
  .openapi({
    description:
      'For how long answers to calls that come out the same again (temperature 0 or a seed, no tools) and embeddings are kept ' +
      'and given again for nothing; null where only calls that ask for it are.',
  })

export const settings = z
  .object({ defaultModel, allowedModels, responseCacheSeconds })
  .openapi('OrganizationSettings')
export const settingsBody = z
  .strictObject({
    defaultModel: defaultModel.optional(),
    allowedModels: allowedModels.optional(),
    responseCacheSeconds: responseCacheSeconds.optional(),
  })
  .openapi('OrganizationSettingsChange')

// ── members ─────────────────────────────────────────────────────────────────────────────────────────────────

export const memberParams = z.object({ id: z.uuid(), userId: z.uuid() })
export const memberBody = z
  .strictObject({ email, role: role.default('member'), customRoleId })
  .refine(oneRole, oneRoleProblem)
  .openapi('NewMember')
export const roleChangeBody = z
  .strictObject({ role: role.optional(), customRoleId })
  .refine(oneRole, oneRoleProblem)
  .refine((body) => body.role !== undefined || body.customRoleId !== undefined, {
    path: ['role'],
    message: 'give a role or a customRoleId',
  })
  .openapi('RoleChange')
export const transferBody = z.strictObject({ userId: z.uuid() }).openapi('OwnershipTransfer')
export const memberListQuery = z.strictObject(pageQuery)

export const member = z
  .object({ userId: z.uuid(), email: z.string(), name: z.string(), role, customRole, joinedAt: instant })
  .openapi('Member')

export const memberList = pageOf(member).openapi('MemberList')

// ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────

const roleName = z.string().trim().min(1).max(60)
const description = z.string().trim().max(500)
const permissionNames = z
  .array(z.string().max(100))
  .max(200)
  .openapi({ description: 'Names from GET /api/v1/permissions that are `grantable`.' })

export const customRoleParams = z.object({ id: z.uuid(), roleId: z.uuid() })
export const customRoleBody = z
  .strictObject({ name: roleName, description: description.default(''), permissions: permissionNames })
  .openapi('NewCustomRole')
export const customRoleChangeBody = z
  .strictObject({
    name: roleName.optional(),
    description: description.optional(),
    permissions: permissionNames.optional(),
  })
  .openapi('CustomRoleChange')
export const listQuery = z.strictObject(pageQuery)

export const customRoleDetail = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    permissions: z.array(z.string()),
    memberCount: z.number().int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('CustomRole')
export const customRoleList = pageOf(customRoleDetail).openapi('CustomRoleList')

export const permissionList = z
  .object({
    data: z.array(
      z
        .object({
          name: z.string(),
          description: z.string(),
          leastRole: role.nullable().openapi({ description: 'The least built-in role that holds it.' }),
          grantable: z
            .boolean()
            .openapi({ description: 'Whether custom roles, service accounts and API keys can hold it.' }),
        })
        .openapi('Permission'),
    ),
    nextCursor: z.null(),
  })
  .openapi('PermissionList')

// ── invitations ─────────────────────────────────────────────────────────────────────────────────────────────

export const invitationParams = z.object({ id: z.uuid(), invitationId: z.uuid() })
export const invitationBody = z
  .strictObject({ email, role: role.default('member'), customRoleId })
  .refine(oneRole, oneRoleProblem)
  .openapi('NewInvitation')
export const invitationTokenBody = z.strictObject({ token }).openapi('InvitationToken')

export const invitation = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role,
    customRole,
    status: z.enum(['pending', 'expired']),
    invitedBy: z.object({ id: z.uuid(), name: z.string() }).nullable().openapi({
      description: 'Null for an API key, and when the person has left.',
    }),
    createdAt: instant,
    sentAt: instant.openapi({ description: 'When the newest letter went; only its link works.' }),
    expiresAt: instant,
  })
  .openapi('Invitation')
export const sentInvitation = invitation
  .extend({
    link: z.string().nullable().openapi({
      description:
        'Null where a letter brings it. Where the server has no mail server: the link, shown this once, to hand over in another way; whoever has it can join with the invited address, which it does not verify.',
    }),
  })
  .openapi('SentInvitation')
export const invitationList = pageOf(invitation).openapi('InvitationList')

export const invitationView = z
  .object({
    organization: z.object({ name: z.string() }),
    email: z.string(),
    role,
    customRole: z.object({ name: z.string() }).nullable(),
    invitedBy: z.object({ name: z.string() }).nullable(),
    expiresAt: instant,
  })
  .openapi('InvitationView')

export const joinedOrganization = z
  .object({ organization: z.object({ id: z.uuid(), name: z.string(), slug: z.string() }) })
  .openapi('JoinedOrganization')

// ── service accounts ────────────────────────────────────────────────────────────────────────────────────────

const machineRole = z.enum(['admin', 'member', 'guest'])

export const serviceAccountParams = z.object({ id: z.uuid() })
export const serviceAccountBody = z
  .strictObject({
    name,
    description: description.default(''),
    role: machineRole.default('member'),
    customRoleId,
  })
  .refine(oneRole, oneRoleProblem)
  .openapi('NewServiceAccount')
export const serviceAccountChangeBody = z
  .strictObject({
    name: name.optional(),
    description: description.optional(),
    role: machineRole.optional(),
    customRoleId,
    disabled: z.boolean().optional(),
  })
  .refine(oneRole, oneRoleProblem)
  .openapi('ServiceAccountChange')

export const serviceAccount = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    role: machineRole,
    customRole,
    disabled: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('ServiceAccount')
export const serviceAccountList = pageOf(serviceAccount).openapi('ServiceAccountList')
