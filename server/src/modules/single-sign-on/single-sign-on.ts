import { createGuardedFetch, type GuardedFetch } from '../../platform/fetch/index.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Identity } from '../identity/index.ts'
import { createDomainRecords, type DomainRecords } from './adapters/domain-records.ts'
import { createOpenIdProvider, type OpenIdProvider } from './adapters/openid-provider.ts'
import { createScimModel, type ScimModel } from './adapters/scim-model.ts'

/** The parts of single sign-on that live as long as the process. */
export interface SingleSignOn {
  readonly platform: Platform
  readonly identity: Identity
  readonly records: DomainRecords
  readonly provider: OpenIdProvider
  readonly model: ScimModel
  close(): Promise<void>
}

export function createSingleSignOn(platform: Platform, identity: Identity): SingleSignOn {
  const { config } = platform
  const allowPrivate = config.FREEHOLD_ALLOW_PRIVATE_ISSUERS
  // Issuers are named by organizations: they pass the guard, and a redirect would take the client secret along.
  const fetchIssuer: GuardedFetch = createGuardedFetch({
    allowPrivate,
    maxRedirects: 0,
    maxBytes: 1024 * 1024,
  })
  return {
    platform,
    identity,
    records: createDomainRecords(config.FREEHOLD_DNS_SERVERS),
    provider: createOpenIdProvider({ fetch: fetchIssuer, allowHttp: allowPrivate }),
    model: createScimModel(),
    close: () => fetchIssuer.close(),
  }
}
