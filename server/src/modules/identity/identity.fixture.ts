import { newId } from '../../platform/ids.ts'
import type { RequestOptions, TestApp } from '../../testing/test-app.ts'

/** For tests: the password of everybody who signs up there. */
export const password = 'correct horse battery'

/** Where a request comes from; the app must trust its proxy. */
export interface Place {
  ip?: string
  cookie?: string
}

export function headersOf({ ip, cookie }: Place): Record<string, string> {
  return { ...(ip ? { 'x-forwarded-for': ip } : {}), ...(cookie ? { cookie } : {}) }
}

/** Sends a request and gives its status, body and cookies. The test states the shape it expects. */
export async function ask<T = Record<string, unknown>>(
  on: TestApp,
  method: string,
  path: string,
  options: RequestOptions = {},
) {
  const response = await on.request(method, path, options)
  const text = await response.text()
  const error = text.includes('"success":false')
    ? (JSON.parse(text) as { error: { code: string } })
    : undefined // the envelope
  return {
    status: response.status,
    code: error?.error.code,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as T,
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  }
}

export interface SignedIn {
  accessToken: string
  refreshToken: string
  twoFactorToken?: string
}

export function signIn(on: TestApp, email: string, secret: string = password, from: Place = {}) {
  return ask<SignedIn>(on, 'POST', '/api/v1/auth/signin', {
    body: { email, password: secret },
    headers: headersOf(from),
  })
}

/** As if an organization had verified a domain of its own and asked its people to use its identity provider. */
export async function requireSingleSignOn(on: TestApp, organizationId: string): Promise<string> {
  const domain = `d-${newId()}.example`
  await on.platform.database.query(
    `insert into freehold.sign_in_domains (organization_id, id, domain, token, created_at, verified_at)
     values ($1, $2, $3, 'x', now(), now())`,
    [organizationId, newId(), domain],
  )
  await on.platform.database.query(
    `insert into freehold.sign_in_connections (organization_id, id, issuer, client_id, client_secret_sealed,
       default_role, required, enabled, created_at, updated_at)
     values ($1, $2, 'https://idp.example', 'x', 'x', 'member', true, true, now(), now())`,
    [organizationId, newId()],
  )
  return domain
}

export async function accountsOf(on: TestApp, email: string): Promise<string[]> {
  const rows = await on.platform.database.query(
    `select a.provider_id from freehold.users u join freehold.accounts a on a.user_id = u.id where u.email = $1`,
    [email],
  )
  return rows.map((row) => String((row as { provider_id: unknown }).provider_id)) // of the statement above
}

export function lettersTo(on: TestApp, email: string) {
  return on.platform.mail.sent.filter((letter) => letter.to === email)
}

/** The token of the newest letter's link to a page. */
export function tokenFor(on: TestApp, email: string, page: string): string {
  for (const letter of lettersTo(on, email).toReversed()) {
    const token = letter.text.match(new RegExp(`/${page}#token=([\\w-]+)`))?.[1]
    if (token) return token
  }
  throw new Error(`No letter to ${email} has a link to ${page}.`)
}
