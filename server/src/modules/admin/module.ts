import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { adminRoutes } from './routes.ts'

/** What operating the whole installation needs, for super-admins. */
export function adminModule(platform: Platform): FreeholdModule {
  return { name: 'admin', routes: adminRoutes(platform) }
}
