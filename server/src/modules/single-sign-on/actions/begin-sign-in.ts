import { systemTx } from '../../../platform/db/transactions.ts'
import { openClientSecret } from '../client-secret.ts'
import { findConnectionOfDomain } from '../connection-store.ts'
import { notSetUp } from '../errors.ts'
import { flowCookie } from '../flow-cookie.ts'
import { redirectUriOf } from '../present.ts'
import { domainOf } from '../rules/sign-in-domain.ts'
import type { SingleSignOn } from '../single-sign-on.ts'

/**
 * Begins a sign-in with the identity provider of the address's domain. Whether there is an account plays no part.
 * @throws not_set_up (404), provider_unreachable (502)
 */
export async function beginSignIn(
  sso: SingleSignOn,
  input: { email: string; returnTo: string },
): Promise<{ url: string; cookie: string }> {
  const { platform, provider } = sso
  const domain = domainOf(input.email)
  const connection =
    domain === undefined
      ? undefined
      : await systemTx(platform, 'single-sign-on', (tx) => findConnectionOfDomain(tx, domain))
  if (!connection) throw notSetUp()
  const { issuer, clientId, organizationId, id: connectionId } = connection
  const client = {
    issuer,
    clientId,
    clientSecret: openClientSecret(platform, connection),
    redirectUri: redirectUriOf(platform.publicUrl()),
  }
  const { url, secrets } = await provider.begin(client, input.email)
  const cookie = flowCookie(platform, { ...secrets, organizationId, connectionId, returnTo: input.returnTo })
  return { url, cookie }
}
