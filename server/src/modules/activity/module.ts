import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { auditData } from './personal-data.ts'
import { activityRoutes } from './routes.ts'

export function activityModule(platform: Platform): FreeholdModule {
  return { name: 'activity', routes: activityRoutes(platform), personalData: [auditData] }
}
