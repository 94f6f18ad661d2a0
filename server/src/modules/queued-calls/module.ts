import type { FreeholdModule } from '../../platform/module.ts'
import { queuedCallJobs } from './jobs.ts'
import { queuedCallData } from './personal-data.ts'
import type { QueuedCalls } from './queued-calls.ts'
import { queuedCallRoutes } from './routes.ts'

export function queuedCallsModule(queued: QueuedCalls): FreeholdModule {
  return {
    name: 'queued-calls',
    routes: queuedCallRoutes(queued),
    jobs: queuedCallJobs(queued),
    start: () => queued.running.start(),
    stop: () => queued.running.close(),
    personalData: queuedCallData(queued.platform),
  }
}
