import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'
import type { BudgetWindow } from './contract.ts'
import { type InOrganization, makeBudget, newOrganization } from './spending.fixture.ts'
import { findBudget } from './store.ts'

let on: TestApp
let inside: InOrganization

beforeAll(async () => {
  on = await createTestApp()
  inside = await newOrganization(on)
})

afterAll(async () => {
  await on.dispose()
})

/** When the window that holds a moment begins and ends. */
async function windowAt(window: BudgetWindow, timeZone: string, at: string) {
  const tag = `${window}-${timeZone}-${at}`.replaceAll(/[^\w.:@/-]/g, '')
  const { id } = await makeBudget(inside, { tag }, { limitNanos: 1n, window, timeZone })
  const row = await inside((scope) => findBudget(scope.tx, id, new Date(at)))
  return [row?.windowStart.toISOString(), row?.windowEnd?.toISOString() ?? null]
}

describe('a window in UTC', () => {
  test.each<[BudgetWindow, string, string, string]>([
    ['day', '2028-02-29T23:59:59.999Z', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['day', '2027-02-28T12:00:00Z', '2027-02-28T00:00:00.000Z', '2027-03-01T00:00:00.000Z'],
    ['month', '2026-12-31T12:00:00Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['month', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['month', '2026-11-30T23:59:59.999Z', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    // Sunday and Monday.
    ['week', '2026-11-22T23:59:59.999Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['week', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    ['week', '2027-01-01T12:00:00Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
  ])('of a %s at %s', async (window, at, start, end) => {
    expect(await windowAt(window, 'UTC', at)).toEqual([start, end])
  })

  test('of a lifetime never ends', async () => {
    expect(await windowAt('lifetime', 'UTC', '2026-11-21T00:00:00Z')).toEqual([
      '1970-01-01T00:00:00.000Z',
      null,
    ])
  })
})

describe('a window in a time zone begins at its midnight, also where the clocks change', () => {
  test.each<[string, BudgetWindow, string, string, string, string]>([
    [
      'in spring a day has 23 hours',
      'day',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      'in autumn it has 25',
      'day',
      'Europe/Berlin',
      '2026-10-25T12:00:00Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ],
    [
      'a month begins in one time and ends in the other',
      'month',
      'America/New_York',
      '2026-11-15T12:00:00Z',
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ],
    [
      'a week too',
      'week',
      'America/New_York',
      '2026-03-08T12:00:00Z',
      '2026-03-02T05:00:00.000Z',
      '2026-03-09T04:00:00.000Z',
    ],
    [
      'it is tomorrow there already',
      'month',
      'Pacific/Auckland',
      '2028-02-29T12:00:00Z',
      '2028-02-29T11:00:00.000Z',
      '2028-03-31T11:00:00.000Z',
    ],
    [
      'half hours count',
      'day',
      'Asia/Kolkata',
      '2026-11-21T18:29:59.999Z',
      '2026-11-20T18:30:00.000Z',
      '2026-11-21T18:30:00.000Z',
    ],
    [
      'a midnight that does not exist is one o’clock',
      'day',
      'Africa/Cairo',
      '2026-04-24T12:00:00Z',
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
    ],
  ])('%s', async (_name, window, timeZone, at, start, end) => {
    expect(await windowAt(window, timeZone, at)).toEqual([start, end])
  })
})

test('every hour of a year of changing clocks is in one window, and windows meet without a gap', async () => {
  const { id } = await makeBudget(
    inside,
    { tag: 'year' },
    { limitNanos: 1n, window: 'day', timeZone: 'Europe/London' },
  )
  // A step that is no part of a day comes to every hour.
  const stepMs = 11 * 3600_000
  await inside(async (scope) => {
    let previous: { start: number; end: number } | undefined
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += stepMs) {
      const row = await findBudget(scope.tx, id, new Date(at))
      const [start, end] = [row?.windowStart.getTime() ?? 0, row?.windowEnd?.getTime() ?? 0]
      expect(start <= at && at < end).toBe(true)
      if (previous && previous.start !== start) expect(start).toBe(previous.end)
      previous = { start, end }
    }
  })
})
