import { type Caller, systemCaller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { type Assistants, callerOfRun, nudge } from './assistants.ts'
import type { AssistantDefinition } from './definition.ts'
import { costLimitReached, rightsWithdrawn, stepLimitReached } from './errors.ts'
import { addToRun, findRun, findStep, insertStep, type RunRow, updateStep } from './run-store.ts'
import { openRunSeal } from './sealed-runs.ts'
import { stepRequestId } from './step-request-id.ts'

/** A run in the hands of this process. */
export interface HeldRun {
  readonly assistants: Assistants
  readonly run: RunRow
  readonly definition: AssistantDefinition
  /** Fires when the run is stopped, the server stops, or another process holds it. */
  readonly signal: AbortSignal
}

export interface Step {
  /** Where in the graph it stands: the same when it is done again. */
  readonly key: string
  readonly kind: 'model' | 'tool'
  readonly name: string
  readonly input: unknown
}

export interface StepResult<Output> {
  readonly output: Output
  readonly usage?: {
    readonly requestId: string
    readonly inputTokens: number
    readonly outputTokens: number
    readonly costNanos: bigint
  }
}

/** Another process goes on with the run, or it was ended. */
export class LeaseLost extends Error {}

/**
 * Does a step once: what it gave is stored with what it cost in one transaction, and given again instead of being done
 * again. A step that was under way when its process was killed is done again under the same request id, which is recorded
 * and charged once; one that a stopping server broke off has been recorded, so it is done again under another.
 * @throws step_limit_reached, cost_limit_reached, rights_withdrawn, LeaseLost
 */
export async function performStep<Output>(
  held: HeldRun,
  step: Step,
  work: (caller: Caller, requestId: string) => Promise<StepResult<Output>>,
): Promise<Output> {
  const { assistants, run, signal } = held
  const { platform } = assistants
  signal.throwIfAborted()
  const begun = await begin(held, step)
  // Stored by this function, from what the same step gave.
  if ('output' in begun) return begun.output as Output
  await nudge(assistants, run.id)
  const caller = await callerOfRun(assistants, run)
  if (!caller) throw rightsWithdrawn()
  let result: StepResult<Output>
  try {
    result = await work({ ...caller, requestId: begun.requestId }, begun.requestId)
  } catch (error) {
    await inRun(held, async ({ tx, now }) => {
      if (signal.aborted) return updateStep(tx, run.id, step.key, { requestId: newId() })
      const errorCode = error instanceof AppError ? error.code : 'internal_error'
      await updateStep(tx, run.id, step.key, { state: 'failed', errorCode, finishedAt: now })
    })
    throw error
  }
  const { usage } = result
  await inRun(held, async (scope) => {
    const { seal } = await openRunSeal(platform, scope)
    const spent = {
      inputTokens: usage?.inputTokens ?? 0,
      outputTokens: usage?.outputTokens ?? 0,
      costNanos: usage?.costNanos ?? 0n,
    }
    const modelCalls = step.kind === 'model' ? 1 : 0
    if (!(await addToRun(scope.tx, run.id, platform.nodeId, { modelCalls, ...spent }))) throw new LeaseLost()
    await updateStep(scope.tx, run.id, step.key, {
      state: 'done',
      errorCode: null,
      outputSealed: seal('assistant_run_steps.output', `${run.id}:${step.key}`, result.output),
      ...spent,
      finishedAt: scope.now,
    })
  })
  await nudge(assistants, run.id)
  return result.output
}

type Begun = { readonly output: unknown } | { readonly requestId: string }

function begin(held: HeldRun, step: Step): Promise<Begun> {
  const { assistants, run, definition } = held
  return inRun(held, async (scope): Promise<Begun> => {
    const { tx, organizationId, now } = scope
    const { seal, open } = await openRunSeal(assistants.platform, scope)
    const rowId = `${run.id}:${step.key}`
    const known = await findStep(tx, run.id, step.key)
    if (known?.state === 'done' && known.outputSealed !== null)
      return { output: open('assistant_run_steps.output', rowId, known.outputSealed) }
    const current = await findRun(tx, run.id)
    if (current?.leaseId !== assistants.platform.nodeId) throw new LeaseLost()
    if (step.kind === 'model') requireRoom(current, definition)
    if (known) {
      await updateStep(tx, run.id, step.key, { state: 'running', startedAt: now })
      return { requestId: known.requestId }
    }
    const requestId = stepRequestId(run.id, step.key)
    await insertStep(tx, {
      organizationId,
      runId: run.id,
      key: step.key,
      kind: step.kind,
      name: step.name,
      state: 'running',
      requestId,
      inputSealed: seal('assistant_run_steps.input', rowId, step.input),
      startedAt: now,
    })
    return { requestId }
  })
}

function requireRoom(run: RunRow, { stepLimit, costLimitNanos }: AssistantDefinition): void {
  if (run.modelCalls >= stepLimit) throw stepLimitReached()
  if (costLimitNanos !== null && run.costNanos >= BigInt(costLimitNanos)) throw costLimitReached()
}

function inRun<T>({ assistants, run }: HeldRun, work: Parameters<typeof withTenant<T>>[2]): Promise<T> {
  return withTenant(assistants.platform, systemCaller(run.organizationId, run.id), work)
}
