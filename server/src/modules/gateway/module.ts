import type { FreeholdModule } from '../../platform/module.ts'
import type { Prompts } from '../prompts/index.ts'
import { keepPrices } from './actions/keep-prices.ts'
import { probeDeployments } from './actions/probe-deployments.ts'
import { recoverCalls } from './actions/recover-calls.ts'
import { aliasRoutes } from './alias-routes.ts'
import { anthropicRoutes } from './anthropic-routes.ts'
import { estimateRoutes } from './estimate-routes.ts'
import type { Gateway } from './gateway.ts'
import { gatewayJobs } from './jobs.ts'
import { modelRoutes } from './model-routes.ts'
import { gatewayData } from './personal-data.ts'
import { providerKeyRoutes } from './provider-key-routes.ts'
import type { ChatQueue } from './queue-chat.ts'
import { responsesRoutes } from './responses-routes.ts'
import { gatewayRoutes } from './routes.ts'

const listsEveryMs = 300_000
const probesEveryMs = 10_000
const sweepEveryMs = 4_000

export function gatewayModule(gateway: Gateway, prompts: Prompts, queue: ChatQueue): FreeholdModule {
  const { gate, logger } = gateway.platform
  const timers: NodeJS.Timeout[] = []
  async function refresh(): Promise<void> {
    await gateway.refreshLists()
    await keepPrices(gateway)
  }
  const sweep = () =>
    gate.sweep().catch((error: unknown) => logger.warn({ err: error }, 'leases could not be looked after'))
  return {
    name: 'gateway',
    routes: [
      ...gatewayRoutes(gateway, prompts, queue),
      ...anthropicRoutes(gateway, prompts),
      ...responsesRoutes(gateway),
      ...estimateRoutes(gateway, prompts),
      ...modelRoutes(gateway),
      ...aliasRoutes(gateway),
      ...providerKeyRoutes(gateway),
    ],
    jobs: gatewayJobs(gateway.platform),
    personalData: gatewayData(gateway.platform),
    async recover(aliveNodeIds) {
      await recoverCalls(gateway.platform, aliveNodeIds)
      // An embedded database has one process.
      await gate.recover(gateway.platform.database.kind === 'pglite')
    },
    async start() {
      await gateway.start()
      // Not awaited: a provider that is away must not hold up the start. Both report their own failures.
      void refresh()
      timers.push(
        setInterval(() => void refresh(), listsEveryMs).unref(),
        setInterval(() => void probeDeployments(gateway), probesEveryMs).unref(),
        setInterval(() => void sweep(), sweepEveryMs).unref(),
      )
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await gate.close()
      await gateway.close()
    },
  }
}
