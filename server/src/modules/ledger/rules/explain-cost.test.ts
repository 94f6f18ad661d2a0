import { expect, test } from 'vitest'
import { usageRecordOf } from '../../../testing/usage-record.ts'
import { type CostedCall, explainCost } from './explain-cost.ts'

const rowOf = (fields: Partial<CostedCall>): CostedCall => ({ ...usageRecordOf({}), ...fields })

const told = (row: CostedCall) => explainCost(row).map(({ kind, tokens, nanos }) => [kind, tokens, nanos])

test('half a nano-dollar that was rounded up is a line of its own', () => {
  const row = rowOf({ promptTokens: 3, completionTokens: 0, inputNanosPerMillion: 500_000n, costNanos: 2n })
  expect(told(row)).toEqual([
    ['input', 3, '1.5'],
    ['rounding', null, '0.5'],
  ])
})

test('writing to a cache, fees and the rates of a long input are in it', () => {
  const row = rowOf({
    promptTokens: 1_000,
    cachedTokens: 100,
    completionTokens: 10,
    costTerms: {
      longInput: {
        inputNanosPerMillion: '2000000',
        cachedInputNanosPerMillion: '1000000',
        outputNanosPerMillion: '4000000',
      },
      cacheWrite: { tokens: 200, nanosPerMillion: '3000000' },
      cacheWriteHour: { tokens: 50, nanosPerMillion: '5000000' },
      feesNanos: '7',
    },
    costNanos: 2_297n,
  })
  expect(told(row)).toEqual([
    ['input', 650, '1300'],
    ['cached_input', 100, '100'],
    ['cache_write', 200, '600'],
    ['cache_write_hour', 50, '250'],
    ['output', 10, '40'],
    ['fee', null, '7'],
  ])
})

test('a call whose process died is charged at its bound, and one that nobody itemised says so', () => {
  const rates = { inputNanosPerMillion: 1_000_000n, outputNanosPerMillion: 1_000_000n, costNanos: 100n }
  expect(told(rowOf({ ...rates, status: 'interrupted' })).at(-1)).toEqual(['upper_bound', null, '85'])
  expect(told(rowOf(rates)).at(-1)).toEqual(['not_itemised', null, '85'])
})

test('a call that cost nothing has its tokens and no rest', () => {
  const free = { inputNanosPerMillion: 0n, outputNanosPerMillion: 0n, costNanos: 0n }
  expect(told(rowOf(free))).toEqual([
    ['input', 10, '0'],
    ['output', 5, '0'],
  ])
})
