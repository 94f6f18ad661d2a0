import { expect, test } from 'vitest'
import { fuseRanks } from './fuse-ranks.ts'

test('what both rankings know comes before what one of them puts first', () => {
  const fused = fuseRanks([
    ['a', 'b', 'c'],
    ['d', 'b', 'e'],
  ])
  expect(fused[0]).toEqual({ id: 'b', score: 2 / 62, ranks: [2, 2] })
  expect(fused.slice(1, 3)).toEqual([
    { id: 'a', score: 1 / 61, ranks: [1, null] },
    { id: 'd', score: 1 / 61, ranks: [null, 1] },
  ])
})

test('equal scores are ordered by best rank, then id, so that the answer never depends on insertion', () => {
  const ids = fuseRanks([['z', 'y'], ['y', 'z'], []]).map((entry) => entry.id)
  expect(ids).toEqual(['y', 'z'])
})

test('an id that stands twice in a ranking counts once, where it stands first', () => {
  expect(fuseRanks([['a', 'b', 'a']])).toEqual([
    { id: 'a', score: 1 / 61, ranks: [1] },
    { id: 'b', score: 1 / 62, ranks: [2] },
  ])
})

test('a smaller k gives the first places more weight', () => {
  const rankings = [
    ['a', 'b'],
    ['c', 'b'],
    ['x', 'y', 'z', 'b'],
  ]
  expect(fuseRanks(rankings, 0)[0]?.id).toBe('b')
  expect(fuseRanks(rankings, 0)[0]?.score).toBeCloseTo(0.5 + 0.5 + 0.25)
  expect(fuseRanks([])).toEqual([])
})

test('a ranking that is unsure of an id counts less for it', () => {
  const rankings = [['unsure'], ['sure']]
  const weightOf = (_id: string, ranking: number) => (ranking === 0 ? 0.5 : 1)
  expect(fuseRanks(rankings, 60, weightOf).map((entry) => entry.id)).toEqual(['sure', 'unsure'])
})
