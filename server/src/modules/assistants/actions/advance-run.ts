import { type Caller, type Scope, systemCaller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { AppError } from '../../../platform/errors.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { spendingUnavailable } from '../../budgets/index.ts'
import { rateLimitExceeded } from '../../limits/index.ts'
import { withdrawApprovals } from '../approval-store.ts'
import { findDefinition } from '../assistant-store.ts'
import { type Assistants, advanceJob, nudge, type RunRef } from '../assistants.ts'
import type { RunOutput } from '../contract.ts'
import { runFailed } from '../errors.ts'
import { finishAnswer } from '../finish-answer.ts'
import type { Advanced } from '../graphs/advance-graph.ts'
import { loadGraphs } from '../load-graphs.ts'
import { type HeldRun, LeaseLost } from '../perform-step.ts'
import { findRunForUpdate, type RunRow, renewLease, updateRun } from '../run-store.ts'
import { openRunSeal } from '../sealed-runs.ts'

/** Why a run was broken off: somebody stopped it. */
export class RunStopped extends Error {}

const leaseMs = 60_000
const renewEveryMs = 15_000
const takenAgainSeconds = 10
const limitedAgainSeconds = 15

/**
 * Takes a run from where it stands until it ends or has to wait for a person.
 *
 * Invariants: one process at a time goes on with a run, by a lease that it renews; every step writes under the lease, so
 * that a process which lost it changes nothing more. A job that comes twice finds nothing to do. What a limit refuses is
 * tried again in a while; every other error ends the run, which says why.
 */
export async function advanceRun(assistants: Assistants, ref: RunRef, jobSignal: AbortSignal): Promise<void> {
  const { platform, running } = assistants
  if (running.has(ref.id)) return
  const stopping = new AbortController()
  running.set(ref.id, stopping)
  const signal = AbortSignal.any([jobSignal, stopping.signal])
  const inTenant = <T>(work: (scope: Scope) => Promise<T>) => withTenant(platform, asSystem(ref), work)
  const renewing = setInterval(() => {
    inTenant(({ tx, now }) =>
      renewLease(tx, ref.id, platform.nodeId, new Date(now.getTime() + leaseMs)),
    ).catch((error: unknown) =>
      platform.logger.warn({ err: error, runId: ref.id }, 'a lease was not renewed'),
    )
  }, renewEveryMs)
  try {
    const begun = await inTenant((scope) => begin(assistants, scope, ref))
    if (!begun) return
    await nudge(assistants, ref.id)
    await advance(assistants, { ...begun.held, assistants, signal }, begun.question, inTenant)
  } finally {
    clearInterval(renewing)
    running.delete(ref.id)
    await nudge(assistants, ref.id)
  }
}

type InTenant = <T>(work: (scope: Scope) => Promise<T>) => Promise<T>

async function advance(
  assistants: Assistants,
  held: HeldRun,
  question: string,
  inTenant: InTenant,
): Promise<void> {
  const { platform } = assistants
  const { run, signal } = held
  const ref = { organizationId: run.organizationId, id: run.id }
  try {
    const { advanceGraph } = await loadGraphs()
    const advanced = await advanceGraph(held, question)
    const output = advanced.kind === 'answered' ? await finishAnswer(held, advanced) : undefined
    await inTenant((scope) => store(assistants, scope, ref, advanced, output))
  } catch (error) {
    const cause = signal.aborted ? signal.reason : error
    if (error instanceof LeaseLost) return
    if (cause instanceof RunStopped) return inTenant((scope) => end(scope, ref.id, { state: 'stopped' }))
    // The server stops, or the job's time is up: the next job goes on from the last step.
    if (signal.aborted) {
      await inTenant(({ tx }) => updateRun(tx, run.id, { state: 'queued', leaseId: null, leaseUntil: null }))
      throw error
    }
    if (passes(error))
      return inTenant(async (scope) => {
        await updateRun(scope.tx, run.id, { state: 'queued', leaseId: null, leaseUntil: null })
        await platform.jobs.send(scope, advanceJob, ref, { startAfterSeconds: limitedAgainSeconds })
      })
    const known = error instanceof AppError && error.status !== 500 ? error : runFailed({ cause: error })
    if (known.status >= 500)
      platform.logger.warn({ err: error, runId: run.id }, 'a run of an assistant failed')
    await inTenant((scope) =>
      end(scope, ref.id, { state: 'failed', errorCode: known.code, errorMessage: known.message }),
    )
  }
}

/** Undefined where there is nothing to do, or another process does it. */
async function begin(
  { platform }: Assistants,
  scope: Scope,
  ref: RunRef,
): Promise<{ held: Pick<HeldRun, 'run' | 'definition'>; question: string } | undefined> {
  const { tx, now } = scope
  const row = await findRunForUpdate(tx, ref.id)
  if (!row || (row.state !== 'queued' && row.state !== 'running')) return undefined
  if (row.stopRequested) {
    await end(scope, ref.id, { state: 'stopped' })
    return undefined
  }
  const isHeld = row.leaseUntil !== null && row.leaseUntil > now
  if (row.state === 'running' && isHeld && row.leaseId !== platform.nodeId) {
    await platform.jobs.send(scope, advanceJob, ref, { startAfterSeconds: takenAgainSeconds })
    return undefined
  }
  const definition = await findDefinition(tx, row.assistantId, row.assistantVersion)
  if (!definition) throw new Error('A run has a version of an assistant.')
  const run: RunRow = {
    ...row,
    state: 'running',
    leaseId: platform.nodeId,
    leaseUntil: new Date(now.getTime() + leaseMs),
    startedAt: row.startedAt ?? now,
  }
  const { state, leaseId, leaseUntil, startedAt } = run
  await updateRun(tx, ref.id, { state, leaseId, leaseUntil, startedAt })
  const { open } = await openRunSeal(platform, scope)
  return { held: { run, definition }, question: open('assistant_runs.input', row.id, row.inputSealed) }
}

async function store(
  { platform }: Assistants,
  scope: Scope,
  ref: RunRef,
  advanced: Advanced,
  output: RunOutput | undefined,
): Promise<void> {
  if (advanced.kind === 'answered' && output) {
    const { seal } = await openRunSeal(platform, scope)
    return end(scope, ref.id, {
      state: 'done',
      outputSealed: seal('assistant_runs.output', ref.id, output),
    })
  }
  const row = await findRunForUpdate(scope.tx, ref.id)
  if (row?.state !== 'running') return
  await updateRun(scope.tx, ref.id, { state: 'waiting', leaseId: null, leaseUntil: null })
  // Whoever decided while it was being laid down has sent a job that found it running.
  await platform.jobs.send(scope, { name: 'assistants.wake-run' }, ref)
}

/** Ends a run, once. */
export async function end(
  scope: Scope,
  id: string,
  changes: Pick<RunRow, 'state'> & Partial<Pick<RunRow, 'outputSealed' | 'errorCode' | 'errorMessage'>>,
): Promise<void> {
  const row = await findRunForUpdate(scope.tx, id)
  if (!row || row.finishedAt !== null) return
  await updateRun(scope.tx, id, { ...changes, leaseId: null, leaseUntil: null, finishedAt: scope.now })
  await withdrawApprovals(scope.tx, id)
  await publishEvent(scope, { type: 'run.ended', data: { runId: id, state: changes.state } })
}

function passes(error: unknown): boolean {
  return error instanceof AppError && [rateLimitExceeded.code, spendingUnavailable.code].includes(error.code)
}

function asSystem({ organizationId, id }: RunRef): Caller {
  return systemCaller(organizationId, id)
}
