import type { FreeholdModule } from '../../platform/module.ts'
import { recoverCalls } from './actions/recover-calls.ts'
import { anthropicRoutes } from './anthropic-routes.ts'
import type { Gateway } from './gateway.ts'
import { gatewayJobs } from './jobs.ts'
import { gatewayData } from './personal-data.ts'
import { responsesRoutes } from './responses-routes.ts'
import { gatewayRoutes } from './routes.ts'

const listsEveryMs = 300_000

export function gatewayModule(gateway: Gateway): FreeholdModule {
  let timer: NodeJS.Timeout | undefined
  return {
    name: 'gateway',
    routes: [...gatewayRoutes(gateway), ...anthropicRoutes(gateway), ...responsesRoutes(gateway)],
    jobs: gatewayJobs(gateway.platform),
    personalData: gatewayData(gateway.platform),
    async recover(aliveNodeIds) {
      await recoverCalls(gateway.platform, aliveNodeIds)
    },
    async start() {
      // Not awaited: a provider that is away must not hold up the start. refreshLists reports its own failures.
      void gateway.refreshLists()
      timer = setInterval(() => void gateway.refreshLists(), listsEveryMs)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await gateway.close()
    },
  }
}
