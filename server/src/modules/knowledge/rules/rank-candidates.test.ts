import { expect, test } from 'vitest'
import { type Ranked, rankCandidates } from './rank-candidates.ts'

const found = (
  passageId: string,
  textRank: number | null,
  vectorRank: number | null,
  wordShare: number | null,
): Ranked => ({ passageId, textRank, vectorRank, wordShare })

const orderOf = (candidates: readonly Ranked[]) => rankCandidates(candidates).map((entry) => entry.id)

test('a passage that holds all words comes before one that only means the same', () => {
  expect(orderOf([found('means', null, 1, null), found('says', 1, 2, 1)])).toEqual(['says', 'means'])
})

test('one word by chance does not lift a passage over what means the same', () => {
  expect(orderOf([found('chance', 1, 4, 0.2), found('means', null, 1, null)])).toEqual(['means', 'chance'])
})

test('what only its words found is among the first, also with half of them', () => {
  const meant = Array.from({ length: 40 }, (_, at) => found(`means-${at}`, null, at + 1, null))
  expect(orderOf([...meant, found('says', 1, null, 0.5)]).indexOf('says')).toBeLessThan(8)
})
