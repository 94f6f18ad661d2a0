import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { organizationRoutes } from './routes.ts'

export function organizationsModule(platform: Platform): FreeholdModule {
  return { name: 'organizations', routes: organizationRoutes(platform) }
}
