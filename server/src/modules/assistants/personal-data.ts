import type { PersonalData } from '../../platform/personal-data.ts'
import type { Platform } from '../../platform/platform.ts'
import { presentRun, presentStep } from './present.ts'
import { listRuns, listSteps, runsOfPerson } from './run-store.ts'
import { openRunSeal } from './sealed-runs.ts'

export function assistantData(platform: Platform): PersonalData[] {
  return [
    {
      name: 'assistantRuns',
      async list(scope, userId, page) {
        const seal = await openRunSeal(platform, scope)
        const rows = await listRuns(scope.tx, runsOfPerson(userId), page)
        const items: { id: string; data: Record<string, unknown> }[] = []
        for (const row of rows) {
          const steps = await listSteps(scope.tx, row.id)
          items.push({
            id: row.id,
            data: { ...presentRun(row, seal), steps: steps.map((step) => presentStep(step, seal)) },
          })
        }
        return items
      },
    },
  ]
}
