import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import type { CallLimits } from './call-limits.ts'
import { limitRoutes } from './routes.ts'

/** @param findModelId handed in by the app, for models stand after limits in the order of modules */
export function limitsModule(
  platform: Platform,
  callLimits: CallLimits,
  findModelId: (name: string) => string | undefined,
): FreeholdModule {
  return {
    name: 'limits',
    routes: limitRoutes(platform, callLimits, findModelId),
    start: () => callLimits.known.start(),
    stop: () => callLimits.known.stop(),
  }
}
