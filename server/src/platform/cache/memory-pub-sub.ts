import type { Logger } from '../telemetry/logger.ts'
import { createListeners, type PubSub } from './pub-sub.ts'

/** Channels within this process; nothing is ever missed, so `onGap` is never called. */
export function createMemoryPubSub({ log }: { log: Logger }): PubSub {
  const listeners = createListeners(log)
  return {
    async publish(channel, message) {
      // Behind the publisher's own work, as over a network: no listener runs inside a caller's loop.
      await Promise.resolve()
      listeners.deliver(channel, message)
    },
    async subscribe(channel, listener) {
      const remove = listeners.add(channel, listener)
      return async () => remove()
    },
    onGap: listeners.addGap,
    async close() {
      listeners.clear()
    },
  }
}
