import type { FreeholdModule } from '../../platform/module.ts'
import { accountRoutes } from './account-routes.ts'
import { addressRoutes } from './address-routes.ts'
import { type Identity, identityAuthenticators } from './identity.ts'
import { identityJobs } from './jobs.ts'
import { passkeyRoutes } from './passkey-routes.ts'
import { passwordRoutes } from './password-routes.ts'
import { identityRoutes } from './routes.ts'
import { socialRoutes } from './social-routes.ts'
import { twoFactorRoutes } from './two-factor-routes.ts'

export function identityModule(identity: Identity): FreeholdModule {
  return {
    name: 'identity',
    routes: [
      ...identityRoutes(identity),
      ...passwordRoutes(identity),
      ...twoFactorRoutes(identity),
      ...passkeyRoutes(identity),
      ...socialRoutes(identity),
      ...accountRoutes(identity),
      ...addressRoutes(identity),
    ],
    authenticators: identityAuthenticators(identity),
    jobs: identityJobs(identity.platform),
    stop: () => identity.fetchConfigured.close(),
  }
}
