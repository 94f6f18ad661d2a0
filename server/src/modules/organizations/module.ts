import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import type { EraseTraces } from './actions/erase-organizations.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { organizationJobs } from './jobs.ts'
import type { FindModelId } from './model-names.ts'
import { roleRoutes } from './role-routes.ts'
import { organizationRoutes } from './routes.ts'
import { serviceAccountRoutes } from './service-account-routes.ts'
import { settingsRoutes } from './settings-routes.ts'

export function organizationsModule(
  platform: Platform,
  findModelId: FindModelId,
  eraseTraces: EraseTraces,
): FreeholdModule {
  return {
    name: 'organizations',
    routes: [
      ...organizationRoutes(platform),
      ...settingsRoutes(platform, findModelId),
      ...roleRoutes(platform),
      ...invitationRoutes(platform),
      ...serviceAccountRoutes(platform),
    ],
    jobs: organizationJobs(platform, eraseTraces),
  }
}
