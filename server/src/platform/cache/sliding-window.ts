/**
 * What passed in a window that slides: sums of what came close together, the oldest first. A sum counts until its last
 * part has left the window, so what is counted is never less than what passed in the window, and more by at most what
 * came within `slotMs` of leaving it. A window has at most `windowMs / slotMs + 1` sums, however much passes.
 */
export interface Slot {
  /** When its first part came; names it. */
  firstMs: number
  lastMs: number
  count: number
}

/** How close together what is summed up comes. */
export const slotMs = 1_000

/** What is still in the window. */
export function slotsInWindow(slots: readonly Slot[], nowMs: number, windowMs: number): Slot[] {
  return slots.filter(({ lastMs, count }) => count > 0 && lastMs + windowMs > nowMs)
}

export function countOf(slots: readonly Slot[]): number {
  return slots.reduce((sum, { count }) => sum + count, 0)
}

/** Adds to the newest sum, or begins one. @returns the slots and the name of the one that was added to */
export function addToSlots(
  slots: readonly Slot[],
  nowMs: number,
  cost: number,
): { slots: Slot[]; name: number } {
  const newest = slots.at(-1)
  // A clock that went back adds to what is there.
  if (newest && nowMs - newest.firstMs < slotMs) {
    const grown = { ...newest, lastMs: Math.max(newest.lastMs, nowMs), count: newest.count + cost }
    return { slots: [...slots.slice(0, -1), grown], name: newest.firstMs }
  }
  return { slots: [...slots, { firstMs: nowMs, lastMs: nowMs, count: cost }], name: nowMs }
}

/** Changes what was added once to what it came to. What has left the window is left alone. */
export function correctSlot(slots: readonly Slot[], name: number, difference: number): Slot[] {
  return slots.map((slot) =>
    slot.firstMs === name ? { ...slot, count: Math.max(0, slot.count + difference) } : slot,
  )
}

/** How long until so much has left the window; Infinity where it never holds so much. */
export function freeAfterMs(slots: readonly Slot[], nowMs: number, windowMs: number, needed: number): number {
  let freed = 0
  let afterMs = 0
  if (needed <= 0) return 0
  for (const { lastMs, count } of slots) {
    freed += count
    afterMs = Math.max(afterMs, lastMs + windowMs - nowMs)
    if (freed >= needed) return afterMs
  }
  return Number.POSITIVE_INFINITY
}
