import { type Caller, systemCaller } from '../../../platform/context.ts'
import { hashToken } from '../../../platform/crypto/index.ts'
import { readTenant, systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { AppError } from '../../../platform/errors.ts'
import { emailAddress, ensurePerson, signInByProvider } from '../../identity/index.ts'
import type { AssertedPerson } from '../adapters/openid-provider.ts'
import { openClientSecret } from '../client-secret.ts'
import { type ConnectionRow, findAccount, findConnection, findIdentity } from '../connection-store.ts'
import { isVerifiedDomain } from '../domain-store.ts'
import { type Flow, flowLifeMs, readFlowCookie } from '../flow-cookie.ts'
import { redirectUriOf } from '../present.ts'
import { domainsToVerify } from '../rules/domains-to-verify.ts'
import { domainOf } from '../rules/sign-in-domain.ts'
import type { SingleSignOn } from '../single-sign-on.ts'
import { joinOrganization } from './join-organization.ts'

/** Why a sign-in came to nothing: what the sign-in page explains. */
export type SignInProblem =
  | 'not_begun_here'
  | 'provider_refused'
  | 'not_set_up'
  | 'not_proven'
  | 'email_missing'
  | 'email_unverified'
  | 'foreign_domain'
  | 'deactivated'
  | 'subject_changed'
  | 'not_saved_by_owner'
  | 'failed'

export interface FinishedSignIn {
  /** A path on this server. */
  location: string
  cookies: string[]
}

/** A refusal that the person is told in one word, and the log in full. */
export class SignInRefused extends Error {
  readonly problem: SignInProblem

  constructor(problem: SignInProblem, cause?: unknown) {
    super(`Single sign-on was refused: ${problem}.`, { cause })
    this.problem = problem
  }
}

/**
 * Finishes a sign-in with what the identity provider sent the browser back with. Only the browser that began it can,
 * and once. @throws SignInRefused
 */
export async function finishSignIn(
  sso: SingleSignOn,
  caller: Caller,
  returned: URLSearchParams,
  headers: Headers,
): Promise<FinishedSignIn> {
  const { platform, identity } = sso
  const flow = readFlowCookie(platform, headers)
  if (!flow || returned.get('state') !== flow.state) throw new SignInRefused('not_begun_here')
  if (returned.has('error')) throw new SignInRefused('provider_refused', returned.get('error'))
  const { organizationId } = flow
  const acting = systemCaller(organizationId, caller.requestId)
  const connection = await readTenant(platform, acting, ({ tx }) => findConnection(tx))
  if (connection?.id !== flow.connectionId || !connection.enabled) throw new SignInRefused('not_set_up')
  await requireFirstUse(sso, flow)
  const asserted = await redeem(sso, connection, returned, flow)
  const email = await requireOwnAddress(sso, acting, connection, asserted)
  const known = await readTenant(platform, acting, ({ tx }) =>
    findIdentity(tx, connection.id, asserted.subject),
  )
  const userId =
    known?.userId ??
    (await ensurePerson(identity, caller, { email, name: nameOf(asserted, email) }, 'sso')).id
  await requireOwnAccount(sso, acting, connection, userId)
  const { ip, userAgent } = caller
  const joining = { ...acting, userId, ip, userAgent }
  const joined = await withTenant(platform, joining, (scope) =>
    joinOrganization(scope, connection, { userId, subject: asserted.subject }),
  )
  if (joined !== 'member') throw new SignInRefused(joined)
  const outcome = await signInByProvider(identity, caller, userId, headers, organizationId)
  return { location: locationOf(outcome.body, flow.returnTo), cookies: outcome.cookies }
}

/** A code is good for one use by its own rules; this holds where a provider is lax about them. */
async function requireFirstUse({ platform }: SingleSignOn, { state }: Flow): Promise<void> {
  const key = `single-sign-on:state:${hashToken(state)}`
  const first = await platform.rateLimiter.take(key, { limit: 1, windowMs: flowLifeMs })
  if (!first.allowed) throw new SignInRefused('not_begun_here')
}

async function redeem(
  { platform, provider }: SingleSignOn,
  connection: ConnectionRow,
  returned: URLSearchParams,
  flow: Flow,
): Promise<AssertedPerson> {
  const { issuer, clientId } = connection
  const clientSecret = openClientSecret(platform, connection)
  const client = { issuer, clientId, clientSecret, redirectUri: redirectUriOf(platform.publicUrl()) }
  try {
    return await provider.redeem(client, returned, flow)
  } catch (error) {
    const unreachable = error instanceof AppError
    throw new SignInRefused(unreachable ? 'failed' : 'not_proven', error)
  }
}

/** An identity provider speaks for the organization's own domains and for nobody else. */
async function requireOwnAddress(
  { platform }: SingleSignOn,
  acting: Caller,
  { issuer }: ConnectionRow,
  { email, emailVerified, hostedDomain }: AssertedPerson,
): Promise<string> {
  if (email === undefined || !emailAddress.safeParse(email).success) throw new SignInRefused('email_missing')
  if (emailVerified === false) throw new SignInRefused('email_unverified')
  const domains = domainsToVerify(issuer, { email, hostedDomain })
  if (!domains) throw new SignInRefused('foreign_domain')
  const own = await withTenant(platform, acting, async ({ tx }) => {
    for (const domain of domains) if (!(await isVerifiedDomain(tx, domain))) return false
    return true
  })
  if (!own) throw new SignInRefused('foreign_domain')
  return email
}

/**
 * A subject opens the account it once was given for as long as the address of that account is the organization's own;
 * and an owner's, or that of whoever operates the installation, only where an owner chose the provider.
 */
async function requireOwnAccount(
  { platform }: SingleSignOn,
  acting: Caller,
  { organizationId, savedByOwner }: ConnectionRow,
  userId: string,
): Promise<void> {
  const account = await systemTx(platform, 'single-sign-on', (tx) => findAccount(tx, organizationId, userId))
  const domain = domainOf(account?.email ?? '')
  const own =
    domain !== undefined && (await readTenant(platform, acting, ({ tx }) => isVerifiedDomain(tx, domain)))
  if (!own) throw new SignInRefused('foreign_domain')
  if (account?.privileged && !savedByOwner) throw new SignInRefused('not_saved_by_owner')
}

function nameOf({ name = '' }: AssertedPerson, email: string): string {
  const clean = name
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 120)
  return clean === '' ? email.slice(0, email.lastIndexOf('@')) : clean
}

/** What follows `#` is not sent to any server. */
function locationOf(body: object, returnTo: string): string {
  if (!('twoFactorToken' in body)) return returnTo
  const parts = new URLSearchParams({ 'two-factor': String(body.twoFactorToken), 'return-to': returnTo })
  return `/sign-in#${parts}`
}
