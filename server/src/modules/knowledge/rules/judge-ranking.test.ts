import { expect, test } from 'vitest'
import { judgeRanking, meanFigures } from './judge-ranking.ts'

const passage = (documentId: string, text: string) => ({ documentId, text })
const ranking = [
  passage('d1', 'The boiler is serviced in autumn.'),
  passage('d2', 'Guests ring the bell at night.'),
  passage('d1', 'The gate closes at nine.'),
  passage('d3', 'Guests ring the bell at night.'),
]

test('what stands first is all there could be', () => {
  const expected = [{ documentId: 'd1', quote: 'serviced in autumn' }]
  expect(judgeRanking(ranking, expected, 10)).toEqual({ recall: 1, ndcg: 1, reciprocalRank: 1, places: [1] })
})

test('a later place gains less, and one behind k is not recalled', () => {
  const expected = [{ documentId: 'd1', quote: 'closes at nine' }]
  expect(judgeRanking(ranking, expected, 2)).toEqual({
    recall: 0,
    ndcg: 0.5,
    reciprocalRank: 1 / 3,
    places: [3],
  })
})

test('the same words in another document are not what was expected', () => {
  const expected = [{ documentId: 'd3', quote: 'ring the bell' }]
  expect(judgeRanking(ranking, expected, 10).places).toEqual([4])
})

test('of several expected passages each counts, and one that is missing lowers recall and gain', () => {
  const expected = [
    { documentId: 'd1', quote: 'serviced in autumn' },
    { documentId: 'd9', quote: 'nowhere at all' },
  ]
  const judged = judgeRanking(ranking, expected, 10)
  expect(judged).toMatchObject({ recall: 0.5, reciprocalRank: 1, places: [1, null] })
  expect(judged.ndcg).toBeCloseTo(1 / (1 + 1 / Math.log2(3)))
})

test('the mean of nothing is nothing, and not a number all the same', () => {
  expect(meanFigures([])).toEqual({ recall: 0, ndcg: 0, reciprocalRank: 0 })
  const one = { recall: 1, ndcg: 0.5, reciprocalRank: 0 }
  expect(meanFigures([one, { recall: 0, ndcg: 0, reciprocalRank: 0 }])).toEqual({
    recall: 0.5,
    ndcg: 0.25,
    reciprocalRank: 0,
  })
})
