import { describe, expect, test } from 'vitest'
import { type Orderable, orderTargets, type Strategy } from './order-targets.ts'

const target = (key: string, fields: Partial<Orderable> = {}): Orderable => ({
  key,
  weight: 1,
  expectedNanos: 0n,
  usualMs: null,
  callsInFlight: 0,
  ...fields,
})

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const keysOf = (targets: readonly Orderable[], strategy: Strategy, random = () => 0.5, affinity = '') =>
  orderTargets(targets, strategy, random, affinity).map(({ key }) => key)

describe('weighted', () => {
  const targets = [target('a', { weight: 1 }), target('b', { weight: 3 }), target('c', { weight: 6 })]
  const draws = 20_000

  test('each is first with the chance of its weight, and second by weight among the rest', () => {
    const random = seeded(7)
    const firsts: Record<string, number> = {}
    let secondAfterC = 0
    for (let draw = 0; draw < draws; draw++) {
      const [first = '', second] = keysOf(targets, 'weighted', random)
      firsts[first] = (firsts[first] ?? 0) + 1
      if (first === 'c' && second === 'b') secondAfterC += 1
    }
    expect((firsts.a ?? 0) / draws).toBeCloseTo(0.1, 2)
    expect((firsts.b ?? 0) / draws).toBeCloseTo(0.3, 2)
    expect((firsts.c ?? 0) / draws).toBeCloseTo(0.6, 2)
    expect(secondAfterC / (firsts.c ?? 1)).toBeCloseTo(0.75, 1)
  })
})

describe('cache_affine', () => {
  const targets = ['a', 'b', 'c', 'd'].map((key) => target(key))
  const conversations = Array.from({ length: 4_000 }, (_, index) => `conversation ${index}`)
  const placeOf = (conversation: string, among: readonly Orderable[]) =>
    keysOf(among, 'cache_affine', Math.random, conversation)[0]

  test('a conversation is always at the same place, in whatever order the targets are listed', () => {
    for (const one of conversations.slice(0, 200))
      expect(placeOf(one, targets.toReversed())).toBe(placeOf(one, targets))
  })

  test('the places fill by weight', () => {
    const weighted = [target('a', { weight: 1 }), target('b', { weight: 3 })]
    const atB = conversations.filter((one) => placeOf(one, weighted) === 'b').length
    expect(atB / conversations.length).toBeCloseTo(0.75, 1)
  })

  test('when a place goes, only what was there moves', () => {
    const left = targets.filter(({ key }) => key !== 'b')
    const moved = conversations.filter((one) => placeOf(one, targets) !== placeOf(one, left))
    expect(moved.length).toBeGreaterThan(0)
    expect(moved.every((one) => placeOf(one, targets) === 'b')).toBe(true)
  })
})

test('priority keeps the order of the list', () => {
  expect(keysOf([target('b'), target('a'), target('c')], 'priority')).toEqual(['b', 'a', 'c'])
})

test('cheapest goes by what the call would cost, and ties stay as listed', () => {
  const targets = [
    target('dear', { expectedNanos: 9_007_199_254_740_993n }),
    target('cheap', { expectedNanos: 9_007_199_254_740_992n }),
    target('as cheap', { expectedNanos: 9_007_199_254_740_992n }),
  ]
  expect(keysOf(targets, 'cheapest')).toEqual(['cheap', 'as cheap', 'dear'])
})

test('fastest goes by the usual time, after what is not known yet', () => {
  const targets = [
    target('slow', { usualMs: 900 }),
    target('fast', { usualMs: 100 }),
    target('new', { usualMs: null }),
  ]
  expect(keysOf(targets, 'fastest')).toEqual(['new', 'fast', 'slow'])
})

test('least_busy goes by calls in flight to the weight', () => {
  const targets = [
    target('two of one', { callsInFlight: 2 }),
    target('three of ten', { callsInFlight: 3, weight: 10 }),
    target('idle', { callsInFlight: 0 }),
  ]
  expect(keysOf(targets, 'least_busy')).toEqual(['three of ten', 'idle', 'two of one'])
})
