import type { Logger } from '../telemetry/logger.ts'

export type MessageListener = (message: string) => void

/**
 * News between the nodes of one installation. A message reaches the listeners that are subscribed when it is published,
 * in the order of publishing; it is not kept. While the store is away messages between nodes are lost, listeners of the
 * publishing node still hear them (possibly twice), and `onGap` tells every node afterwards. So: never the only way to
 * learn something, always "look again".
 */
export interface PubSub {
  /** Resolves when handed over. Never rejects: a lost message is announced by `onGap`. */
  publish(channel: string, message: string): Promise<void>
  /**
   * Resolves when messages published from now on will be heard. A listener that throws is logged and stays.
   * @returns ends the subscription
   */
  subscribe(channel: string, listener: MessageListener): Promise<() => Promise<void>>
  /** Called when messages may have been missed: forget what was learnt from them and look again. Returns an undo. */
  onGap(listener: () => void): () => void
  close(): Promise<void>
}

/** The listeners of one process. Each subscription is its own, though the same function be given twice. */
export function createListeners(log: Logger) {
  const channels = new Map<string, Set<{ listener: MessageListener }>>()
  const gapListeners = new Set<{ listener: () => void }>()

  function call(work: () => void, channel: string): void {
    try {
      work()
    } catch (error) {
      log.error({ err: error, channel }, 'A listener of a channel failed.')
    }
  }

  return {
    channels: () => [...channels.keys()],
    has: (channel: string) => channels.has(channel),
    add(channel: string, listener: MessageListener): () => void {
      const entry = { listener }
      const listeners = channels.get(channel) ?? new Set()
      channels.set(channel, listeners.add(entry))
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) channels.delete(channel)
      }
    },
    deliver(channel: string, message: string): void {
      for (const { listener } of [...(channels.get(channel) ?? [])]) call(() => listener(message), channel)
    },
    addGap(listener: () => void): () => void {
      const entry = { listener }
      gapListeners.add(entry)
      return () => void gapListeners.delete(entry)
    },
    deliverGap(): void {
      for (const { listener } of [...gapListeners]) call(listener, 'gap')
    },
    clear(): void {
      channels.clear()
      gapListeners.clear()
    },
  }
}
