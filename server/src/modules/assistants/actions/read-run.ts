import { setTimeout as sleep } from 'node:timers/promises'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { ServerEvent } from '../../../platform/http/sse.ts'
import { type Assistants, nudgeChannel } from '../assistants.ts'
import { runNotFound } from '../errors.ts'
import { presentRun, presentStep } from '../present.ts'
import { findRun, listSteps, ownRuns } from '../run-store.ts'
import { openRunSeal } from '../sealed-runs.ts'

const lookAgainMs = 1_000

/** Which runs a caller may read: everybody's with `decide:approvals`, else their own. Undefined: all. */
export function readableRuns(caller: Caller) {
  return caller.permissions.has('decide:approvals') ? undefined : ownRuns(caller)
}

/** A run with its trace. @throws run_not_found (404) */
export async function readRun({ platform }: Assistants, caller: Caller, id: string, afterOrdinal = 0) {
  requirePermission(caller, 'use:assistants')
  return withTenant(platform, caller, async (scope) => {
    const row = await findRun(scope.tx, id, readableRuns(caller))
    if (!row) throw runNotFound()
    const seal = await openRunSeal(platform, scope)
    const steps = await listSteps(scope.tx, id, afterOrdinal)
    return { run: presentRun(row, seal), steps: steps.map((step) => presentStep(step, seal)) }
  })
}

/**
 * A run's events on any node: `run` whenever its state is another, `step` for each step that has ended, and at last
 * `run.done` with the run. Ids are ordinals of steps, so `Last-Event-ID` resumes without a gap or a repetition.
 */
export async function* followRun(
  assistants: Assistants,
  caller: Caller,
  id: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  let seen = after
  let told = ''
  let wake: () => void = () => {}
  const unsubscribe = await assistants.platform.pubSub.subscribe(nudgeChannel(id), () => wake())
  try {
    for (;;) {
      const rung = new Promise<void>((resolve) => {
        wake = resolve
      })
      const { run, steps } = await readRun(assistants, caller, id, seen)
      for (const step of steps) {
        // Those behind one that is under way wait for it: the ids are to have no gap.
        if (step.state === 'running') break
        seen = step.ordinal
        yield { event: 'step', id: String(seen), data: step }
      }
      const hasEnded = run.finishedAt !== null
      if (hasEnded) {
        yield { event: 'run.done', id: String(seen), data: run }
        return
      }
      if (run.state !== told) yield { event: 'run', id: String(seen), data: run }
      told = run.state
      if (signal.aborted) return
      await Promise.race([rung, sleep(lookAgainMs, undefined, { signal }).catch(() => undefined)])
    }
  } finally {
    await unsubscribe()
  }
}
