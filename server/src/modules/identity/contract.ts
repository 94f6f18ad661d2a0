import { z } from '@hono/zod-openapi'
import { returnTo } from '../../platform/http/own-path.ts'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

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
    organizationName: z.string().trim().min(1).max(120).nullable().optional().openapi({
      description: 'Of a first organization; null for none, where an invitation is waiting.',
    }),
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

export const ownProfile = profile
  .extend({
    hasPassword: z.boolean().openapi({
      description:
        'Whether there is one to ask for. If not, POST /api/v1/auth/forgot-password mails a link that sets one.',
    }),
    signInMethods: z.array(z.string()).openapi({
      description:
        '`password`, `passkey`, `google`, `github`, or `issuer:` and the address of another issuer.',
    }),
    addressManaged: z
      .boolean()
      .openapi({ description: "Whether an organization's identity provider says what the address is." }),
    waitingEmail: z
      .string()
      .nullable()
      .openapi({ description: 'The address that was asked for, until the link in its letter is opened.' }),
  })
  .openapi('OwnProfile')

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

export const verificationRequired = z
  .object({
    verificationRequired: z.literal(true),
    email: z.string().openapi({ description: 'Where the link was mailed that confirms the address.' }),
  })
  .openapi('VerificationRequired')

// ── letters and passwords ─────────────────────────────────────────────────────────────────────────────────────

const linkToken = z.string().min(1).max(200).openapi({ description: 'What stands behind # in the link.' })
const currentPassword = z.string().min(1).max(200)

export const emailBody = z.strictObject({ email }).openapi('EmailAddress')
export const letterPromised = z.object({ message: z.string() }).openapi('LetterPromised')
export const verifyEmailBody = z
  .strictObject({
    token: linkToken,
    password: currentPassword.optional().openapi({
      description: 'Of the account, unless the request comes from somebody who is signed in to it.',
    }),
  })
  .openapi('EmailVerification')
export const resetPasswordBody = z.strictObject({ token: linkToken, password }).openapi('PasswordReset')
export const changePasswordBody = z
  .strictObject({ currentPassword, newPassword: password })
  .openapi('PasswordChange')
export const addressChangeBody = z
  .strictObject({
    newEmail: email,
    password: currentPassword.optional().openapi({
      description: 'Of an account that has one; without one, the session must be ten minutes old at most.',
    }),
  })
  .openapi('AddressChange')
export const confirmAddressBody = z
  .strictObject({
    token: linkToken,
    password: currentPassword.optional().openapi({
      description: 'Of the account, unless the request comes from somebody who is signed in to it.',
    }),
  })
  .openapi('AddressConfirmation')
export const stopAddressBody = z.strictObject({ token: linkToken }).openapi('AddressChangeStop')
export const confirmationBody = z.strictObject({ password: currentPassword }).openapi('PasswordConfirmation')

// ── sessions and what happened ────────────────────────────────────────────────────────────────────────────────

const instant = z.iso.datetime()
export const ownIdParams = z.object({ id: z.uuid() })
export const pageOfOwn = z.strictObject(pageQuery)

const device = z
  .object({
    browser: z.string().nullable(),
    os: z.string().nullable(),
    kind: z.enum(['desktop', 'mobile', 'tablet', 'program', 'unknown']),
  })
  .openapi('Device', { description: 'As the program called itself, which need not be true.' })

const country = z.string().nullable().openapi({
  example: 'CH',
  description: 'Where the address is registered (ISO 3166-1), if it is public and known.',
})

const personSession = z
  .object({
    id: z.uuid(),
    device,
    ip: z.string().nullable(),
    country,
    createdAt: instant,
    lastUsedAt: instant,
    expiresAt: instant,
    current: z.boolean().openapi({ description: 'Whether this request belongs to it.' }),
  })
  .openapi('PersonSession')
export const personSessionList = pageOf(personSession).openapi('PersonSessionList')

const accountEvent = z
  .object({
    id: z.uuid(),
    action: z.string(),
    details: z.record(z.string(), z.unknown()),
    device,
    ip: z.string().nullable(),
    country,
    requestId: z.uuid(),
    createdAt: instant,
  })
  .openapi('AccountEvent')
export const accountEventList = pageOf(accountEvent).openapi('AccountEventList')

// ── the second factor ─────────────────────────────────────────────────────────────────────────────────────────

const recoveryCodes = z
  .array(z.string())
  .openapi({ description: 'Shown this once. Each is good for one sign-in without the app.' })

export const twoFactorState = z
  .object({ enabled: z.boolean(), enabledAt: instant.nullable(), recoveryCodesLeft: z.number().int() })
  .openapi('TwoFactorState')
export const twoFactorSecret = z
  .object({
    secret: z.string().openapi({ description: 'To type into an authenticator app, in base 32.' }),
    uri: z.string().openapi({ description: 'What a picture code for an authenticator app says.' }),
    recoveryCodes,
  })
  .openapi('TwoFactorSecret')
export const newRecoveryCodes = z.object({ recoveryCodes }).openapi('RecoveryCodes')
export const codeBody = z.strictObject({ code: z.string().trim().min(6).max(20) }).openapi('TwoFactorCode')
export const twoFactorBody = z
  .strictObject({
    twoFactorToken: z.string().min(1).max(200),
    code: z
      .string()
      .trim()
      .min(6)
      .max(40)
      .openapi({ description: "The app's six digits, or a recovery code." }),
  })
  .openapi('TwoFactorSignIn')

// ── passkeys ──────────────────────────────────────────────────────────────────────────────────────────────────

const passkeyName = z.string().trim().min(1).max(60)

export const passkey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    backedUp: z.boolean().openapi({ description: 'Whether it is kept beyond one device.' }),
    createdAt: instant,
    lastUsedAt: instant.nullable(),
  })
  .openapi('Passkey')
export const passkeyList = pageOf(passkey).openapi('PasskeyList')
export const passkeyBody = z.strictObject({ name: passkeyName }).openapi('PasskeyChange')

export const passkeyBeginBody = z
  .strictObject({ password: currentPassword.optional() })
  .openapi('PasskeyBegin')
const browserOptions = z
  .record(z.string(), z.unknown())
  .openapi({ description: "As the browser's own functions take them, bytes in base64url." })
export const passkeyCreation = z
  .object({ registrationToken: z.string(), options: browserOptions })
  .openapi('PasskeyCreationOptions')
export const passkeyRequest = z
  .object({ passkeyToken: z.string(), options: browserOptions })
  .openapi('PasskeyRequestOptions')

const bytes = z.string().min(1).max(20_000)
/** What a browser's `PublicKeyCredential.toJSON()` gives; what it adds beside is left out. */
const credential = {
  id: z.string().min(1).max(2_000),
  rawId: z.string().min(1).max(2_000),
  type: z.literal('public-key'),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
}
export const passkeyCreationBody = z
  .strictObject({
    registrationToken: z.string().min(1).max(200),
    name: passkeyName,
    response: z.object({
      ...credential,
      response: z.object({
        clientDataJSON: bytes,
        attestationObject: bytes,
        transports: z.array(z.string().max(40)).max(10).default([]),
      }),
    }),
  })
  .openapi('PasskeyCreation')
export const passkeySignInBody = z
  .strictObject({
    passkeyToken: z.string().min(1).max(200),
    response: z.object({
      ...credential,
      response: z
        .object({
          clientDataJSON: bytes,
          authenticatorData: bytes,
          signature: bytes,
          userHandle: z.string().max(200).nullish(),
        })
        .transform(({ userHandle, ...rest }) => (userHandle ? { ...rest, userHandle } : rest)),
    }),
  })
  .openapi('PasskeySignIn')

// ── other providers ───────────────────────────────────────────────────────────────────────────────────────────

const socialProviderId = z.enum(['google', 'github'])
export const socialProviderList = pageOf(z.object({ id: socialProviderId, name: z.string() })).openapi(
  'SocialProviderList',
)
export const socialBeginBody = z
  .strictObject({ provider: socialProviderId, returnTo: returnTo.optional() })
  .openapi('SocialSignIn')
export const socialRedirect = z.object({ url: z.url() }).openapi('SocialRedirect')
export const socialCallbackBody = z
  .strictObject({ code: z.string().min(1).max(2_000), state: z.string().min(1).max(200) })
  .openapi('SocialCallback')

const goesOn = { returnTo: returnTo.describe('As it was given when this sign-in began, or `/`.') }
export const socialSession = sessionWithTokens.extend(goesOn).openapi('SocialSession')
export const socialChallenge = twoFactorChallenge.extend(goesOn).openapi('SocialTwoFactorChallenge')

// ── everything known of a person ──────────────────────────────────────────────────────────────────────────────

export const accountExport = z
  .object({
    exportedAt: instant,
    profile,
    organizations: z.array(membership),
    signInMethods: z.array(z.object({ provider: z.string(), accountId: z.string(), createdAt: instant })),
    twoFactor: twoFactorState.omit({ enabled: true }),
    passkeys: z.array(passkey),
    sessions: z.array(personSession),
    knownDevices: z.array(
      z.object({ network: z.string().nullable(), createdAt: instant, lastUsedAt: instant }),
    ),
    activity: z.array(accountEvent),
    inOrganizations: z
      .array(
        z
          .object({ organization: membership })
          .catchall(z.array(z.record(z.string(), z.unknown())))
          .openapi({ description: 'What is yours there, by kind, the newest first.' }),
      )
      .openapi({ description: 'Of the organizations you belong to.' }),
    complete: z.literal(true).openapi({ description: 'Stands at the end.' }),
  })
  .openapi('AccountExport')
