import type { FreeholdModule } from '../../platform/module.ts'
import { connectionRoutes } from './connection-routes.ts'
import { domainRoutes } from './domain-routes.ts'
import { flowRoutes } from './flow-routes.ts'
import { groupRoutes } from './group-routes.ts'
import { providerData } from './personal-data.ts'
import { scimDiscoveryRoutes } from './scim-discovery-routes.ts'
import { scimRoutes } from './scim-routes.ts'
import type { SingleSignOn } from './single-sign-on.ts'

export function singleSignOnModule(sso: SingleSignOn): FreeholdModule {
  return {
    name: 'single-sign-on',
    routes: [
      ...domainRoutes(sso),
      ...connectionRoutes(sso),
      ...groupRoutes(sso),
      ...flowRoutes(sso),
      ...scimDiscoveryRoutes(sso),
      ...scimRoutes(sso),
    ],
    personalData: providerData,
    stop: () => sso.close(),
  }
}
