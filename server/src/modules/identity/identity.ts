import type { Authenticated, Authenticator } from '../../platform/auth/credentials.ts'
import type { Permission } from '../../platform/auth/permissions.ts'
import type { Caller } from '../../platform/context.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import { unauthenticated } from '../../platform/errors.ts'
import { createGuardedFetch, type GuardedFetch } from '../../platform/fetch/index.ts'
import type { PersonalData } from '../../platform/personal-data.ts'
import type { Platform } from '../../platform/platform.ts'
import { type BreachedPasswords, createBreachedPasswords } from './adapters/breached-passwords.ts'
import { type CountryOf, createCountryLookup } from './adapters/country-lookup.ts'
import { type CredentialEngine, createCredentialEngine } from './adapters/credential-engine.ts'
import { createExternalIssuers, type ExternalIssuers } from './adapters/external-issuers.ts'
import { createSocialProviders, type SocialProvider } from './adapters/social-providers.ts'
import type { ErasePerson, Membership, MembershipDirectory, PersonalKeys, SignInPolicy } from './directory.ts'
import { singleSignOnRequired, tokenInvalid } from './errors.ts'
import { findExternalPerson } from './find-external-person.ts'
import { isTouchDue, touchSession } from './session-store.ts'
import { findSession, findUser, type UserRow } from './store.ts'
import {
  accessTokenSeconds,
  createTokenSigner,
  isMachineToken,
  loadSessionSecret,
  type TokenSigner,
} from './token-signer.ts'

/** The parts of identity that live as long as the process. The engine is made at first use, off the boot path. */
export interface Identity {
  readonly platform: Platform
  readonly directory: MembershipDirectory
  readonly signInPolicy: SignInPolicy
  readonly personalKeys: PersonalKeys
  /** What the modules keep of people in their organizations: known once all of them stand. */
  personalData(): readonly PersonalData[]
  readonly erasePerson: ErasePerson
  /** Resolves when the calls to models that people have made are in the books, where they can be read and erased. */
  recordCalls(): Promise<void>
  readonly signer: TokenSigner
  /** Reaches the services that the configuration names, wherever they are, and nothing a client names. */
  readonly fetchConfigured: GuardedFetch
  readonly breachedPasswords: BreachedPasswords
  /** Those that the configuration names. */
  readonly socialProviders: readonly SocialProvider[]
  readonly externalIssuers: ExternalIssuers
  readonly countryOf: CountryOf
  engine(): Promise<CredentialEngine>
}

export function createIdentity(
  platform: Platform,
  directory: MembershipDirectory,
  signInPolicy: SignInPolicy,
  personalKeys: PersonalKeys,
  personalData: () => readonly PersonalData[],
  erasePerson: ErasePerson,
  recordCalls: () => Promise<void>,
): Identity {
  let engine: Promise<CredentialEngine> | undefined
  const { clock, logger, config } = platform
  const fetchConfigured = createGuardedFetch({ allowPrivate: true, maxRedirects: 0, maxBytes: 1024 * 1024 })
  const url = config.FREEHOLD_BREACHED_PASSWORDS_URL
  return {
    fetchConfigured,
    countryOf: createCountryLookup(),
    breachedPasswords: createBreachedPasswords({ url, fetch: fetchConfigured, clock, logger }),
    externalIssuers: createExternalIssuers(config.FREEHOLD_EXTERNAL_ISSUERS ?? [], {
      clock,
      fetch: fetchConfigured,
      ownIssuer: () => platform.publicUrl(),
    }),
    socialProviders: createSocialProviders({ config, clock, fetch: fetchConfigured }),
    platform,
    directory,
    signInPolicy,
    personalKeys,
    personalData,
    erasePerson,
    recordCalls,
    signer: createTokenSigner(platform),
    engine() {
      engine ??= loadSessionSecret(platform)
        .then((secret) => createCredentialEngine(platform, secret))
        .catch((error: unknown) => {
          engine = undefined
          throw error
        })
      return engine
    },
  }
}

export interface PresentedMembership {
  id: string
  name: string
  slug: string
  role: Membership['role']
  customRole: Membership['customRole']
}

export interface SessionView {
  user: {
    id: string
    email: string
    name: string
    emailVerified: boolean
    superAdmin: boolean
    createdAt: string
  }
  organization: PresentedMembership | null
  organizations: PresentedMembership[]
  permissions: Permission[]
}

export interface TokenPair {
  accessToken: string
  refreshToken: string
  expiresIn: number
}

/** The person, their organizations and the one they act in. @throws unauthenticated when the person is gone */
export async function describeSession(
  identity: Identity,
  userId: string,
  organizationId: string | null,
): Promise<SessionView> {
  const user = await systemTx(identity.platform, 'authenticate', (tx) => findUser(tx, userId))
  if (!user) throw unauthenticated()
  return presentSession(user, await identity.directory.listOf(userId), organizationId)
}

/** The organization is the one asked for, else the person's oldest. */
export function presentSession(
  user: UserRow,
  organizations: readonly Membership[],
  organizationId: string | null,
): SessionView {
  const organization = organizations.find((one) => one.id === organizationId) ?? organizations[0] ?? null
  return {
    user: presentUser(user),
    organization: organization && presentMembership(organization),
    organizations: organizations.map(presentMembership),
    permissions: [...permissionsOf(user, organization ?? undefined)],
  }
}

export function presentMembership({ id, name, slug, role, customRole }: Membership): PresentedMembership {
  return { id, name, slug, role, customRole }
}

/** What a person holds in one of their organizations, or in none; super-admins also operate the installation. */
function permissionsOf(
  user: { superAdmin: boolean },
  organization: Membership | undefined,
): ReadonlySet<Permission> {
  const held = new Set(organization?.permissions)
  if (user.superAdmin) held.add('system:admin')
  return held
}

export function presentUser(user: UserRow): SessionView['user'] {
  const { id, email, name, emailVerified, superAdmin } = user
  return { id, email, name, emailVerified, superAdmin, createdAt: user.createdAt.toISOString() }
}

export async function signAccessToken(
  identity: Identity,
  view: SessionView,
  sessionId: string,
): Promise<string> {
  return identity.signer.sign({
    userId: view.user.id,
    email: view.user.email,
    sessionId,
    organizationId: view.organization?.id ?? null,
    role: view.organization?.role ?? null,
    permissions: view.permissions,
  })
}

export const expiresIn = accessTokenSeconds

/** People by access token and, for the dashboard, by session cookie. */
export function identityAuthenticators(identity: Identity): Authenticator[] {
  return [
    {
      kind: 'token',
      async authenticate({ bearer }) {
        // Our own JWTs begin like every JWT; API keys have a prefix of their own.
        if (!bearer?.startsWith('ey') || isMachineToken(bearer)) return undefined
        if (identity.externalIssuers.issued(bearer)) return undefined
        const claims = await identity.signer.verify(bearer)
        // Signed out, removed or demoted counts at once: the token says who, the database says what they may do.
        const open = await findOpenSession(identity, claims.sessionId)
        if (!open) throw tokenInvalid()
        const organizations = await identity.directory.listOf(claims.userId)
        const organization = organizations.find((one) => one.id === claims.organizationId)
        return { caller: asMember({ ...open, sessionId: claims.sessionId }, organization) }
      },
    },
    externalAuthenticator(identity),
    {
      kind: 'cookie',
      async authenticate({ bearer, headers }) {
        if (bearer !== null || !headers.has('cookie')) return undefined
        const cookie = new Headers({ cookie: headers.get('cookie') ?? '' })
        const session = await (await identity.engine()).readSession(cookie)
        if (!session) return undefined
        const organizations = await identity.directory.listOf(session.userId)
        const organization =
          organizations.find((one) => one.id === session.organizationId) ?? organizations[0]
        const open = await findOpenSession(identity, session.sessionId)
        return open && { caller: asMember({ ...session, superAdmin: open.superAdmin }, organization) }
      },
    },
  ]
}

/** People by the token of another issuer. They have no session here, so nothing here can end or switch it. */
function externalAuthenticator(identity: Identity): Authenticator {
  return {
    kind: 'token',
    async authenticate({ bearer, ip }) {
      if (!bearer?.startsWith('ey') || !identity.externalIssuers.issued(bearer)) return undefined
      const user = await findExternalPerson(identity, await identity.externalIssuers.verify(bearer), ip)
      if (await identity.signInPolicy.mustUseSingleSignOn(user.id)) throw singleSignOnRequired()
      const [organization] = await identity.directory.listOf(user.id)
      const { superAdmin } = user
      return { caller: asMember({ userId: user.id, sessionId: null, superAdmin }, organization) }
    },
  }
}

/** Looks at the database, so that an ended session ends at once on every node; notes now and then that it is used. */
function findOpenSession({ platform }: Identity, sessionId: string) {
  return systemTx(platform, 'authenticate', async (tx) => {
    const now = platform.clock.now()
    const open = await findSession(tx, sessionId, now)
    if (open && isTouchDue(open.lastUsedAt, now)) await touchSession(tx, open.id, now)
    return open
  })
}

/** A person in one of their organizations, with what the role holds now; or in none, with nothing. */
function asMember(
  { userId, sessionId, superAdmin }: { userId: string; sessionId: string | null; superAdmin: boolean },
  organization: Membership | undefined,
): Authenticated {
  return {
    kind: 'user',
    userId,
    apiKeyId: null,
    serviceAccountId: null,
    projectId: null,
    sessionId,
    organizationId: organization?.id ?? null,
    role: organization?.role ?? null,
    permissions: permissionsOf({ superAdmin }, organization),
  }
}

/** A caller that is a person just signed in, before a token says so. */
export function asPerson(caller: Caller, userId: string, sessionId: string): Caller & { userId: string } {
  return { ...caller, kind: 'user', userId, sessionId }
}
