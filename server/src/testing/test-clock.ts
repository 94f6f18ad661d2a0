import type { Clock } from '../platform/clock.ts'

export interface TestClock extends Clock {
  advance(ms: number): void
  set(to: Date): void
}

/** A clock that runs with the system's and can be moved. */
export function createTestClock(): TestClock {
  let offsetMs = 0
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance(ms) {
      offsetMs += ms
    },
    set(to) {
      offsetMs = to.getTime() - Date.now()
    },
  }
}
