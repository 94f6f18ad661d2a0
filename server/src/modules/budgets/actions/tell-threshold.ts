import type { Scope } from '../../../platform/context.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { Crossing } from '../gate.ts'
import { thresholdLetter } from '../letters.ts'
import { presentBudget } from '../present-budget.ts'
import { findHoldingBudget, listReaders } from '../store.ts'

export type Telling = Pick<Platform, 'mail' | 'publicUrl' | 'logger'>

/** Tells that a threshold of a budget was reached, in the transaction that reached it: an event, and letters. */
export async function tellThreshold(
  on: Telling,
  scope: Scope,
  { budgetId, percent }: Crossing,
): Promise<void> {
  const budget = await findHoldingBudget(scope.tx, budgetId, scope.now)
  if (!budget) return
  const { scope: kind, about, limitNanos, settledNanos, window, hard, resetsAt } = presentBudget(budget)
  await publishEvent(scope, {
    type: 'budget.threshold-reached',
    data: {
      credits: budget.credits,
      budgetId,
      percent,
      scope: kind,
      about,
      limitNanos,
      settledNanos,
      window,
      hard,
      resetsAt,
    },
  })
  for (const { email: to, organization } of await listReaders(scope.tx, budget.about.userId)) {
    try {
      const publicUrl = on.publicUrl()
      await on.mail.send(scope, thresholdLetter(budget, percent, { to, organization, publicUrl }))
    } catch (error) {
      // What was spent is written whether or not a letter can be sent.
      on.logger.error({ err: error, budgetId, percent }, 'a letter about a budget could not be sent')
    }
  }
}
