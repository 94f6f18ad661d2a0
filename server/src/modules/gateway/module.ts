import type { FreeholdModule } from '../../platform/module.ts'
import { recoverCalls } from './actions/recover-calls.ts'
import { anthropicRoutes } from './anthropic-routes.ts'
import type { Gateway } from './gateway.ts'
import { gatewayRoutes } from './routes.ts'

const listsEveryMs = 300_000
const sweepEveryMs = 4_000

export function gatewayModule(gateway: Gateway): FreeholdModule {
  const { gate, logger } = gateway.platform
  let timer: NodeJS.Timeout | undefined
  let sweeper: NodeJS.Timeout | undefined
  return {
    name: 'gateway',
    routes: [...gatewayRoutes(gateway), ...anthropicRoutes(gateway)],
    async recover(aliveNodeIds) {
      await recoverCalls(gateway.platform, aliveNodeIds)
      // An embedded database has one process.
      await gate.recover(gateway.platform.database.kind === 'pglite')
    },
    async start() {
      // Not awaited: a provider that is away must not hold up the start. refreshLists reports its own failures.
      void gateway.refreshLists()
      timer = setInterval(() => void gateway.refreshLists(), listsEveryMs)
      timer.unref()
      sweeper = setInterval(() => {
        gate
          .sweep()
          .catch((error: unknown) => logger.warn({ err: error }, 'leases could not be looked after'))
      }, sweepEveryMs)
      sweeper.unref()
    },
    async stop() {
      clearInterval(timer)
      clearInterval(sweeper)
      await gate.close()
      await gateway.close()
    },
  }
}
