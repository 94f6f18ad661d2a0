import { describe, expect, test } from 'vitest'
import {
  afterBegin,
  afterFailure,
  afterNothingLearnt,
  afterSuccess,
  type Breaker,
  breakerAt,
  breakerLimits,
  closed,
  letsThrough,
} from './breaker.ts'

const quiet = { calls: 1, failures: 1 }

function fail(breaker: Breaker, nowMs: number, times: number): Breaker {
  let after = breaker
  for (let time = 0; time < times; time++) after = afterFailure(after, nowMs, quiet)
  return after
}

describe('a closed breaker', () => {
  test('opens at the third failure in a row, not at the second', () => {
    expect(letsThrough(fail(closed, 0, 2), 0)).toBe(true)
    expect(letsThrough(fail(closed, 0, 3), 0)).toBe(false)
  })

  test('stays closed where a success stands between the failures', () => {
    const interrupted = afterSuccess(fail(closed, 0, 2), 0)
    expect(letsThrough(fail(interrupted, 0, 2), 0)).toBe(true)
  })

  test('opens at an error rate of a half, though never three in a row, and not below', () => {
    expect(afterFailure(closed, 0, { calls: 20, failures: 10 }).state).toBe('open')
    expect(afterFailure(closed, 0, { calls: 20, failures: 9 }).state).toBe('closed')
    expect(afterFailure(closed, 0, { calls: 19, failures: 19 }).state).toBe('closed')
  })
})

describe('an open breaker', () => {
  const open = fail(closed, 1_000, 3)
  const reopensAtMs = 1_000 + breakerLimits.openForMs

  test('lets one call through when its time is over, and no second beside it', () => {
    expect(letsThrough(open, reopensAtMs - 1)).toBe(false)
    expect(letsThrough(open, reopensAtMs)).toBe(true)
    const probing = afterBegin(open, reopensAtMs)
    expect(letsThrough(probing, reopensAtMs)).toBe(false)
  })

  test('closes when that call goes well', () => {
    const after = afterSuccess(afterBegin(open, reopensAtMs), reopensAtMs + 5)
    expect(after).toEqual({ state: 'closed', failuresInRow: 0, sinceMs: reopensAtMs + 5 })
  })

  test('opens for twice as long when it fails, up to a limit', () => {
    let breaker: Breaker = open
    let nowMs = 1_000
    const opened: number[] = []
    for (let round = 0; round < 8; round++) {
      const now = breakerAt(breaker, nowMs)
      if (now.state !== 'open') throw new Error('It is not open.')
      opened.push(now.untilMs - nowMs)
      nowMs = now.untilMs
      breaker = afterFailure(afterBegin(breaker, nowMs), nowMs, quiet)
    }
    expect(opened).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
  })

  test('lets another try where the call said nothing, or never ended', () => {
    const probing = afterBegin(open, reopensAtMs)
    expect(letsThrough(afterNothingLearnt(probing), reopensAtMs)).toBe(true)
    expect(letsThrough(probing, reopensAtMs + breakerLimits.probeMs)).toBe(true)
  })

  test('is not closed by a call that began before it opened', () => {
    expect(letsThrough(afterSuccess(open, 1_001), 1_001)).toBe(false)
  })
})
