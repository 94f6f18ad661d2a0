import { z } from '@hono/zod-openapi'

export const email = z
  .email('must be an e-mail address')
  .max(254)
  .transform((value) => value.toLowerCase())
  .openapi({ type: 'string', format: 'email', example: 'ada@example.com' })

export const password = z.string().min(10, 'must have at least 10 characters').max(200)

export const signUpBody = z
  .strictObject({
    email,
    password,
    name: z.string().trim().min(1).max(120),
    organizationName: z.string().trim().min(1).max(120).optional(),
  })
  .openapi('SignUp')

export const signInBody = z.strictObject({ email, password: z.string().min(1).max(200) }).openapi('SignIn')
export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(200) }).openapi('Refresh')
export const signOutBody = z.strictObject({ refreshToken: z.string().max(200).optional() }).openapi('SignOut')
export const switchBody = z.strictObject({ organizationId: z.uuid() }).openapi('SwitchOrganization')
export const profileBody = z
  .strictObject({ name: z.string().trim().min(1).max(120) })
  .openapi('ProfileChange')

export const profile = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    emailVerified: z.boolean(),
    superAdmin: z.boolean().openapi({ description: 'Operates the whole installation.' }),
    createdAt: z.iso.datetime(),
  })
  .openapi('Profile')

const membership = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    role: z.enum(['owner', 'admin', 'member', 'guest']),
    customRole: z
      .object({ id: z.uuid(), name: z.string() })
      .nullable()
      .openapi({ description: 'The role the organization made for itself, whose permissions count.' }),
  })
  .openapi('OrganizationMembership')

export const session = z
  .object({
    user: profile,
    organization: z.union([membership, z.null()]),
    organizations: z.array(membership),
    permissions: z.array(z.string()),
  })
  .openapi('Session')

export const tokens = z
  .object({
    accessToken: z
      .string()
      .openapi({ description: 'A JWT for `Authorization: Bearer`, valid for `expiresIn` seconds.' }),
    refreshToken: z.string().openapi({ description: 'Exchange it once, within 7 days, for the next pair.' }),
    expiresIn: z.number().int(),
  })
  .openapi('Tokens')

export const sessionWithTokens = session.extend(tokens.shape).openapi('SessionWithTokens')

export const twoFactorChallenge = z
  .object({
    twoFactorRequired: z.literal(true),
    twoFactorToken: z
      .string()
      .openapi({ description: 'Send it with a code to finish the sign-in within `expiresIn` seconds.' }),
    expiresIn: z.number().int(),
  })
  .openapi('TwoFactorChallenge')
