import type { Authenticated, Authenticator } from '../../platform/auth/credentials.ts'
import { permissionsOfRole } from '../../platform/auth/permissions.ts'
import type { Caller } from '../../platform/context.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import { unauthenticated } from '../../platform/errors.ts'
import type { Platform } from '../../platform/platform.ts'
import { type CredentialEngine, createCredentialEngine } from './adapters/credential-engine.ts'
import type { Membership, MembershipDirectory } from './directory.ts'
import { tokenInvalid } from './errors.ts'
import { findSession, findUser, type UserRow } from './store.ts'
import { accessTokenSeconds, createTokenSigner, loadSessionSecret, type TokenSigner } from './token-signer.ts'

/** The parts of identity that live as long as the process. The engine is made at first use, off the boot path. */
export interface Identity {
  readonly platform: Platform
  readonly directory: MembershipDirectory
  readonly signer: TokenSigner
  engine(): Promise<CredentialEngine>
}

export function createIdentity(platform: Platform, directory: MembershipDirectory): Identity {
  let engine: Promise<CredentialEngine> | undefined
  return {
    platform,
    directory,
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

export interface SessionView {
  user: { id: string; email: string; name: string; createdAt: string }
  organization: Membership | null
  organizations: Membership[]
  permissions: string[]
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
  const organizations = await identity.directory.listOf(userId)
  const organization = organizations.find((one) => one.id === organizationId) ?? organizations[0] ?? null
  return {
    user: presentUser(user),
    organization,
    organizations,
    permissions: organization ? [...permissionsOfRole(organization.role)] : [],
  }
}

export function presentUser(user: UserRow): SessionView['user'] {
  return { id: user.id, email: user.email, name: user.name, createdAt: user.createdAt.toISOString() }
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
    permissions: view.organization ? [...permissionsOfRole(view.organization.role)] : [],
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
        if (!bearer?.startsWith('ey')) return undefined
        const claims = await identity.signer.verify(bearer)
        // Signed out, removed or demoted counts at once: the token says who, the database says what they may do.
        const open = await systemTx(identity.platform, 'authenticate', (tx) =>
          findSession(tx, claims.sessionId),
        )
        if (!open) throw tokenInvalid()
        const organizations = await identity.directory.listOf(claims.userId)
        const organization = organizations.find((one) => one.id === claims.organizationId)
        return asMember({ userId: claims.userId, sessionId: claims.sessionId }, organization)
      },
    },
    {
      kind: 'cookie',
      async authenticate({ bearer, headers }) {
        if (bearer !== null || !headers.has('cookie')) return undefined
        const session = await (await identity.engine()).readSession(headers)
        if (!session) return undefined
        const organizations = await identity.directory.listOf(session.userId)
        const organization =
          organizations.find((one) => one.id === session.organizationId) ?? organizations[0]
        return asMember(session, organization)
      },
    },
  ]
}

/** A person in one of their organizations, with what the role holds now; or in none, with nothing. */
function asMember(
  { userId, sessionId }: { userId: string; sessionId: string },
  organization: Membership | undefined,
): Authenticated {
  return {
    kind: 'user',
    userId,
    apiKeyId: null,
    sessionId,
    organizationId: organization?.id ?? null,
    role: organization?.role ?? null,
    permissions: organization ? permissionsOfRole(organization.role) : new Set(),
  }
}

/** A caller that is a person just signed in, before a token says so. */
export function asPerson(caller: Caller, userId: string, sessionId: string): Caller & { userId: string } {
  return { ...caller, kind: 'user', userId, sessionId }
}
