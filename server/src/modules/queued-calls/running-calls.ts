import { systemCaller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import { callCancelled } from './errors.ts'
import type { QueuedCallRef } from './queued-calls.ts'
import { findQueuedCall } from './store.ts'

/**
 * The queued calls that this process answers at this moment, so that one that is cancelled, here or on another node,
 * leaves its provider.
 *
 * Invariant: a call is known here before it is looked up and begun, and its cancellation is told after it is committed: so it
 * is either found cancelled or hears of it. News that were lost are made up for by looking again.
 */
export interface RunningCalls {
  /** The signal of one that is about to begin; `end` forgets it. */
  begin(ref: QueuedCallRef): { signal: AbortSignal; end(): void }
  /** To be called after the transaction that cancelled it. */
  cancelled(id: string): Promise<void>
  /** Begins to listen for those of other nodes. */
  start(): Promise<void>
  close(): Promise<void>
}

const channel = 'queued-calls.cancelled'

export function createRunningCalls(platform: Platform): RunningCalls {
  const running = new Set<{ ref: QueuedCallRef; leaving: AbortController }>()
  let stopListening: (() => Promise<void>) | undefined
  let stopGaps: (() => void) | undefined

  function leave(id: string): void {
    for (const { ref, leaving } of running) if (ref.id === id) leaving.abort(callCancelled())
  }

  async function lookAgain(): Promise<void> {
    for (const { ref } of [...running]) {
      const caller = systemCaller(ref.organizationId, ref.id)
      const row = await readTenant(platform, caller, ({ tx }) => findQueuedCall(tx, ref.id))
      if (row?.status === 'cancelled') leave(ref.id)
    }
  }

  return {
    begin(ref) {
      const one = { ref, leaving: new AbortController() }
      running.add(one)
      return { signal: one.leaving.signal, end: () => void running.delete(one) }
    },
    async cancelled(id) {
      leave(id)
      await platform.pubSub.publish(channel, id)
    },
    async start() {
      stopListening = await platform.pubSub.subscribe(channel, leave)
      stopGaps = platform.pubSub.onGap(() => {
        lookAgain().catch((error: unknown) => {
          platform.logger.warn({ err: error }, 'queued calls that run could not be looked at again')
        })
      })
    },
    async close() {
      stopGaps?.()
      await stopListening?.()
    },
  }
}
