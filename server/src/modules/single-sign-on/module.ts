import type { FreeholdModule } from '../../platform/module.ts'
import { connectionRoutes } from './connection-routes.ts'
import { domainRoutes } from './domain-routes.ts'
import { flowRoutes } from './flow-routes.ts'
import type { SingleSignOn } from './single-sign-on.ts'

export function singleSignOnModule(sso: SingleSignOn): FreeholdModule {
  return {
    name: 'single-sign-on',
    routes: [...domainRoutes(sso), ...connectionRoutes(sso), ...flowRoutes(sso)],
    stop: () => sso.close(),
  }
}
