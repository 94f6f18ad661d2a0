import type { FreeholdModule } from '../../platform/module.ts'
import type { Knowledge } from '../knowledge/index.ts'
import { RunStopped } from './actions/advance-run.ts'
import { recoverRuns } from './actions/recover-runs.ts'
import { approvalRoutes } from './approval-routes.ts'
import { createAssistants, stopChannel } from './assistants.ts'
import { assistantJobs } from './jobs.ts'
import { assistantData } from './personal-data.ts'
import { assistantRoutes } from './routes.ts'
import { runRoutes } from './run-routes.ts'

export function assistantsModule(knowledge: Knowledge): FreeholdModule {
  const assistants = createAssistants(knowledge)
  let unsubscribe: (() => Promise<void>) | undefined
  return {
    name: 'assistants',
    routes: [...assistantRoutes(assistants), ...runRoutes(assistants), ...approvalRoutes(assistants)],
    jobs: assistantJobs(assistants),
    personalData: assistantData(assistants.platform),
    recover: (aliveNodeIds) => recoverRuns(assistants, aliveNodeIds),
    async start() {
      unsubscribe = await assistants.platform.pubSub.subscribe(stopChannel, (runId) =>
        assistants.running.get(runId)?.abort(new RunStopped()),
      )
    },
    async stop() {
      await unsubscribe?.()
    },
  }
}
