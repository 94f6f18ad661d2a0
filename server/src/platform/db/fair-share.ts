/**
 * Bounds how many transactions of one key (an organization) are open at once, so that whoever sends hundreds at a time
 * waits for themselves and others find the next connection free.
 *
 * Invariants: at most `limit` of a key run; those that wait run in the order in which they came; a key that has none is
 * forgotten.
 */
export interface FairShare {
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function createFairShare(limit: number): FairShare {
  const keys = new Map<string, { running: number; waiting: (() => void)[] }>()
  return {
    async run(key, work) {
      const state = keys.get(key) ?? { running: 0, waiting: [] }
      keys.set(key, state)
      // Whoever ends hands its place on: nobody can slip in between.
      if (state.running >= limit) await new Promise<void>((resolve) => state.waiting.push(resolve))
      else state.running++
      try {
        return await work()
      } finally {
        const next = state.waiting.shift()
        if (next) next()
        else if (--state.running === 0) keys.delete(key)
      }
    },
  }
}
