import type { FreeholdModule } from '../../platform/module.ts'
import { type Identity, identityAuthenticators } from './identity.ts'
import { identityJobs } from './jobs.ts'
import { identityRoutes } from './routes.ts'

export function identityModule(identity: Identity): FreeholdModule {
  return {
    name: 'identity',
    routes: identityRoutes(identity),
    authenticators: identityAuthenticators(identity),
    jobs: identityJobs(identity.platform),
    stop: () => identity.fetchConfigured.close(),
  }
}
