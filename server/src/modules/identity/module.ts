import type { FreeholdModule } from '../../platform/module.ts'
import { type Identity, identityAuthenticators } from './identity.ts'
import { identityRoutes } from './routes.ts'

export function identityModule(identity: Identity): FreeholdModule {
  return {
    name: 'identity',
    routes: identityRoutes(identity),
    authenticators: identityAuthenticators(identity),
  }
}
