import type { Clock } from '../clock.ts'
import { addToSlots, correctSlot, countOf, freeAfterMs, type Slot, slotsInWindow } from './sliding-window.ts'

/** One limit that a call must pass. */
export interface Wish {
  key: string
  /** `window` counts what passed in the last minute, `places` the calls under way. */
  measure: 'window' | 'places'
  /** Whole, at least 1. */
  limit: number
  /** Whole, at least 0; what a call takes of its places is 1. */
  cost: number
}

/** How one limit stands, after the call was let in or refused. */
export interface Standing {
  allowed: boolean
  used: number
  /** Until the call could pass this limit; Infinity where it never can. What a place costs to wait for nobody knows. */
  retryAfterMs: number
  /** Until nothing counts any more. */
  resetMs: number
}

export interface Admission {
  admitted: boolean
  /** As many as there were wishes, in their order. */
  standings: readonly Standing[]
  /**
   * The call has ended, or has not begun: what windows counted becomes what it came to (in the order of the wishes, and
   * undefined where it stays), and its places are free. Once; waits for nothing.
   */
  end(costs: readonly (number | undefined)[]): void
}

/**
 * Limits that hold exactly: in any minute, and at any moment, no more passes than the limit says, on all nodes that share
 * the limiter. A call passes all of its limits or takes nothing of any.
 */
export interface CallLimiter {
  admit(callId: string, wishes: readonly Wish[]): Promise<Admission>
  /** How limits stand now; nothing is taken. */
  look(wishes: readonly Wish[]): Promise<readonly Standing[]>
  close(): Promise<void>
}

export const windowMs = 60_000
/** When a place is free nobody knows: after so long it is worth asking again. */
export const placeRetryMs = 1_000

/** What one process knows: answers without waiting. */
export interface LocalCallLimiter {
  admit(callId: string, wishes: readonly Wish[]): Admission
  look(wishes: readonly Wish[]): readonly Standing[]
}

const sweepAbove = 10_000

export function createLocalCallLimiter(clock: Clock): LocalCallLimiter {
  const windows = new Map<string, Slot[]>()
  const places = new Map<string, Set<string>>()
  let sweepAt = sweepAbove

  /** Of many keys those that nothing counts in any more are forgotten. */
  function sweep(nowMs: number): void {
    if (windows.size < sweepAt) return
    for (const [key, slots] of windows)
      if (slotsInWindow(slots, nowMs, windowMs).length === 0) windows.delete(key)
    sweepAt = Math.max(sweepAbove, 2 * windows.size)
  }

  function standingOf({ key, measure, limit, cost }: Wish, nowMs: number): Standing {
    if (measure === 'places') {
      const used = places.get(key)?.size ?? 0
      const allowed = used + cost <= limit
      return { allowed, used, retryAfterMs: allowed ? 0 : placeRetryMs, resetMs: 0 }
    }
    const slots = slotsInWindow(windows.get(key) ?? [], nowMs, windowMs)
    const used = countOf(slots)
    const needed = used + cost - limit
    return {
      allowed: needed <= 0,
      used,
      retryAfterMs: cost > limit ? Number.POSITIVE_INFINITY : freeAfterMs(slots, nowMs, windowMs, needed),
      resetMs: freeAfterMs(slots, nowMs, windowMs, used),
    }
  }

  function look(wishes: readonly Wish[]): Standing[] {
    const nowMs = clock.now().getTime()
    return wishes.map((wish) => standingOf(wish, nowMs))
  }

  return {
    look,
    admit(callId, wishes) {
      const nowMs = clock.now().getTime()
      const before = look(wishes)
      if (before.some(({ allowed }) => !allowed)) return { admitted: false, standings: before, end: () => {} }
      sweep(nowMs)
      const names = wishes.map(({ key, measure, cost }) => {
        if (measure === 'places') {
          const taken = places.get(key) ?? new Set()
          places.set(key, taken.add(callId))
          return undefined
        }
        if (cost === 0) return undefined
        const slots = slotsInWindow(windows.get(key) ?? [], nowMs, windowMs)
        const added = addToSlots(slots, nowMs, cost)
        windows.set(key, added.slots)
        return added.name
      })
      let isOver = false
      return {
        admitted: true,
        standings: look(wishes).map((standing) => ({ ...standing, allowed: true, retryAfterMs: 0 })),
        end(costs) {
          if (isOver) return
          isOver = true
          wishes.forEach(({ key, measure, cost }, index) => {
            if (measure === 'places') {
              const taken = places.get(key)
              taken?.delete(callId)
              if (taken?.size === 0) places.delete(key)
              return
            }
            const name = names[index]
            const cameTo = costs[index]
            const slots = windows.get(key)
            if (name === undefined || cameTo === undefined || !slots) return
            windows.set(key, correctSlot(slots, name, cameTo - cost))
          })
        },
      }
    },
  }
}

/** Limits of one process alone. */
export function createMemoryCallLimiter(options: { clock: Clock }): CallLimiter {
  const local = createLocalCallLimiter(options.clock)
  return {
    admit: async (callId, wishes) => local.admit(callId, wishes),
    look: async (wishes) => local.look(wishes),
    close: async () => {},
  }
}
