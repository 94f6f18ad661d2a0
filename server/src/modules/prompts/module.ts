import type { FreeholdModule } from '../../platform/module.ts'
import { promptData } from './personal-data.ts'
import { promptRoutes } from './prompt-routes.ts'
import type { Prompts } from './prompts.ts'
import { type EstimateTokens, versionRoutes } from './version-routes.ts'

export function promptsModule(prompts: Prompts, estimateTokens: EstimateTokens): FreeholdModule {
  return {
    name: 'prompts',
    routes: [...promptRoutes(prompts), ...versionRoutes(prompts, estimateTokens)],
    personalData: [promptData],
    start: () => prompts.start(),
    stop: () => prompts.stop(),
  }
}
