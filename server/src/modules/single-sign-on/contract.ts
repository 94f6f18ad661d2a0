import { z } from '@hono/zod-openapi'
import { returnTo } from '../../platform/http/own-path.ts'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'
import { toDomain } from './rules/sign-in-domain.ts'

const instant = z.iso.datetime()

// ── domains ─────────────────────────────────────────────────────────────────────────────────────────────────

export const domainParams = z.object({ id: z.uuid() })
export const domainBody = z
  .strictObject({
    domain: z
      .string()
      .max(255)
      .transform((text, context) => {
        const domain = toDomain(text)
        if (domain !== undefined) return domain
        context.addIssue({ code: 'custom', message: 'must be a domain name, such as acme.example' })
        return z.NEVER
      })
      .openapi({ type: 'string', example: 'acme.example' }),
  })
  .openapi('NewSignInDomain')

export const domain = z
  .object({
    id: z.uuid(),
    domain: z.string(),
    verifiedAt: instant.nullable(),
    record: z
      .object({ type: z.literal('TXT'), name: z.string(), value: z.string() })
      .openapi({ description: 'What to add to the DNS of the domain, to show that it is yours.' }),
    createdAt: instant,
  })
  .openapi('SignInDomain')
export const domainListQuery = z.strictObject(pageQuery)
export const domainList = pageOf(domain).openapi('SignInDomainList')

// ── the connection ──────────────────────────────────────────────────────────────────────────────────────────

const issuer = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(500)
const defaultRole = z.enum(['member', 'guest'])

export const connectionBody = z
  .strictObject({
    issuer: issuer.openapi({ description: 'As it calls itself in `/.well-known/openid-configuration`.' }),
    clientId: z.string().trim().min(1).max(500),
    clientSecret: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .openapi({ description: 'Absent, the one that is there stays. It is never shown.' }),
    defaultRole: defaultRole
      .default('member')
      .openapi({ description: 'What people get who join by signing in.' }),
    required: z.boolean().default(false).openapi({
      description: 'Whether people of the verified domains can sign in by nothing else. Owners always can.',
    }),
    enabled: z.boolean().default(true),
  })
  .openapi('SignInConnectionChange')

export const connection = z
  .object({
    id: z.uuid(),
    issuer: z.string(),
    clientId: z.string(),
    hasClientSecret: z.boolean(),
    defaultRole,
    required: z.boolean(),
    enabled: z.boolean(),
    redirectUri: z
      .string()
      .openapi({ description: 'What the identity provider must be told to send people back to.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('SignInConnection')

export const connectionSetup = z
  .object({
    redirectUri: z.string().openapi({
      description:
        'What the identity provider must be told to send people back to: it asks before anything is connected.',
    }),
    connection: z.union([connection, z.null()]).openapi({ description: 'Null until one is saved.' }),
  })
  .openapi('SignInConnectionSetup')

export const connectionTestBody = z
  .strictObject({ issuer: issuer.optional().openapi({ description: 'Absent, the connected one.' }) })
  .openapi('SignInConnectionTest')
export const connectionTest = z
  .object({
    ok: z.boolean(),
    issuer: z.string(),
    authorizationEndpoint: z.string().nullable(),
    tokenEndpoint: z.string().nullable(),
    problem: z.string().nullable().openapi({ description: 'What is wrong; null when all is well.' }),
  })
  .openapi('SignInConnectionTestResult')

// ── signing in ──────────────────────────────────────────────────────────────────────────────────────────────

export const beginBody = z
  .strictObject({
    email: z
      .email('must be an e-mail address')
      .max(254)
      .transform((value) => value.toLowerCase())
      .openapi({ type: 'string', format: 'email', example: 'ada@example.com' }),
    returnTo: returnTo.optional(),
  })
  .openapi('SingleSignOn')
export const begun = z
  .object({ url: z.string().openapi({ description: 'Where to send the browser now.' }) })
  .openapi('SingleSignOnBegun')

/** What identity providers send back; `iss` and others may come along. */
export const callbackQuery = z.looseObject({
  state: z.string().optional(),
  code: z.string().optional(),
  error: z.string().optional(),
})

// ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────

export const groupParams = z.object({ id: z.uuid() })
export const groupListQuery = z.strictObject(pageQuery)
export const groupBody = z
  .strictObject({
    role: z.enum(['admin', 'member', 'guest']).nullable().optional(),
    customRoleId: z.uuid().nullable().optional(),
  })
  .refine(({ role, customRoleId }) => !role || !customRoleId, {
    path: ['customRoleId'],
    message: 'cannot be given together with a role',
  })
  .openapi('ProvisionedGroupChange')
export const group = z
  .object({
    id: z.uuid(),
    displayName: z.string(),
    memberCount: z.number().int(),
    role: z.enum(['admin', 'member', 'guest']).nullable(),
    customRole: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('ProvisionedGroup')
export const groupList = pageOf(group).openapi('ProvisionedGroupList')
