import type { FreeholdModule } from '../../platform/module.ts'
import type { Prompts } from '../prompts/index.ts'
import { recoverCalls } from './actions/recover-calls.ts'
import { anthropicRoutes } from './anthropic-routes.ts'
import type { Gateway } from './gateway.ts'
import { gatewayRoutes } from './routes.ts'

const listsEveryMs = 300_000

export function gatewayModule(gateway: Gateway, prompts: Prompts): FreeholdModule {
  let timer: NodeJS.Timeout | undefined
  return {
    name: 'gateway',
    routes: [...gatewayRoutes(gateway, prompts), ...anthropicRoutes(gateway, prompts)],
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
