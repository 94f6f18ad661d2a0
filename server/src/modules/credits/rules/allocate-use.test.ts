import { expect, test } from 'vitest'
import { type Allocatable, allocateUse, restOf } from './allocate-use.ts'

const grant = (id: string, amountNanos: bigint, more: Partial<Allocatable> = {}): Allocatable => ({
  id,
  amountNanos,
  usedNanos: 0n,
  revokedNanos: 0n,
  expiredNanos: 0n,
  expiresAt: null,
  createdAt: new Date('2026-01-01'),
  ...more,
})
const march = new Date('2026-03-01')
const april = new Date('2026-04-01')

test('what expires first is used first, then the oldest', () => {
  const grants = [
    grant('never, later', 10n, { createdAt: new Date('2026-01-02') }),
    grant('never', 10n),
    grant('in april', 10n, { expiresAt: april }),
    grant('in march', 10n, { expiresAt: march }),
  ]
  expect([...allocateUse(grants, 34n)]).toEqual([
    ['in march', 10n],
    ['in april', 10n],
    ['never', 10n],
    ['never, later', 4n],
  ])
})

test('what is revoked or expired is not used', () => {
  const grants = [
    grant('first', 10n, { expiresAt: march, usedNanos: 3n, revokedNanos: 2n, expiredNanos: 5n }),
    grant('second', 10n),
  ]
  expect([...allocateUse(grants, 5n)]).toEqual([['second', 2n]])
})

test('what a correction gives back goes to what was used last', () => {
  const grants = [
    grant('first', 10n, { expiresAt: march, usedNanos: 10n }),
    grant('second', 10n, { usedNanos: 4n }),
  ]
  expect([...allocateUse(grants, 7n)]).toEqual([
    ['second', 0n],
    ['first', 7n],
  ])
})

test('nothing changes where nothing was used since, and use beyond all grants is of none', () => {
  const grants = [grant('only', 10n, { usedNanos: 10n })]
  expect(allocateUse(grants, 10n).size).toBe(0)
  expect(allocateUse(grants, 12n).size).toBe(0)
  expect([...allocateUse([...grants, grant('next', 10n)], 12n)]).toEqual([['next', 2n]])
})

test('whatever is used, no grant gives more than it has, and the sum is what was used', () => {
  let seed = 7
  const below = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % most
  }
  for (let round = 0; round < 200; round++) {
    let grants = Array.from({ length: 1 + below(5) }, (_, place) =>
      grant(String(place), BigInt(1 + below(50)), {
        expiresAt: below(2) === 0 ? null : new Date(below(1_000)),
      }),
    )
    const total = grants.reduce((sum, one) => sum + one.amountNanos, 0n)
    for (let step = 0; step < 4; step++) {
      const used = BigInt(below(Number(total) + 1))
      const changed = allocateUse(grants, used)
      grants = grants.map((one) => ({ ...one, usedNanos: changed.get(one.id) ?? one.usedNanos }))
      expect(grants.reduce((sum, one) => sum + one.usedNanos, 0n)).toBe(used)
      expect(grants.every((one) => restOf(one) >= 0n && one.usedNanos >= 0n)).toBe(true)
    }
  }
})
