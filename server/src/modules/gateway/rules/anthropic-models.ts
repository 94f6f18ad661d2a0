import type { PriceRow } from './price-row.ts'

/** The date of Anthropic's own price list that these were taken from. */
export const anthropicPriceVersion = '2026-10-24'

/** A cache is written at one and a quarter times the price of input, for an hour at twice. */
const opus: PriceRow = {
  name: 'Claude Opus',
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  input: '5',
  cached: '0.50',
  cacheWrite: '6.25',
  cacheWriteHour: '10',
  output: '25',
  imageTokensBound: 10_000,
}
const sonnet: PriceRow = {
  name: 'Claude Sonnet',
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  input: '3',
  cached: '0.30',
  cacheWrite: '3.75',
  cacheWriteHour: '6',
  output: '15',
  imageTokensBound: 5_000,
}
const sonnet5: PriceRow = {
  ...sonnet,
  input: '2',
  cached: '0.20',
  cacheWrite: '2.50',
  cacheWriteHour: '4',
  output: '10',
  imageTokensBound: 10_000,
}
const fable: PriceRow = {
  ...opus,
  input: '10',
  cached: '1',
  cacheWrite: '12.50',
  cacheWriteHour: '20',
  output: '50',
}

/** Anthropic's models as it sells them itself. */
export const anthropicRows: Readonly<Record<string, PriceRow>> = {
  'claude-opus-5-5': {
    ...opus,
    name: 'Claude Opus 5.5',
    input: '4',
    cached: '0.20',
    cacheWrite: '5',
    cacheWriteHour: '8',
    output: '20',
  },
  'claude-sonnet-5-5': { ...sonnet5, name: 'Claude Sonnet 5.5', cached: '0.10' },
  'claude-haiku-5-5': {
    name: 'Claude Haiku 5.5',
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    input: '0.10',
    cached: '0.01',
    cacheWrite: '0.125',
    cacheWriteHour: '0.20',
    output: '0.50',
    longContext: {
      aboveTokens: 100_000,
      input: '0.50',
      cached: '0.05',
      cacheWrite: '0.625',
      cacheWriteHour: '1',
      output: '2.50',
    },
    imageTokensBound: 10_000,
  },
  'claude-fable-5-1': { ...fable, name: 'Claude Fable 5.1', cached: '0.25' },
  'claude-fable-5': { ...fable, name: 'Claude Fable 5' },
  'claude-opus-5': { ...opus, name: 'Claude Opus 5' },
  'claude-sonnet-5': { ...sonnet5, name: 'Claude Sonnet 5' },
  'claude-opus-4-8': { ...opus, name: 'Claude Opus 4.8' },
  'claude-opus-4-7': { ...opus, name: 'Claude Opus 4.7' },
  'claude-opus-4-6': { ...opus, name: 'Claude Opus 4.6' },
  'claude-opus-4-5': { ...opus, name: 'Claude Opus 4.5', contextTokens: 200_000, maxOutputTokens: 64_000 },
  'claude-sonnet-4-6': { ...sonnet, name: 'Claude Sonnet 4.6' },
  'claude-sonnet-4-5': {
    ...sonnet,
    name: 'Claude Sonnet 4.5',
    maxOutputTokens: 64_000,
    longContext: {
      aboveTokens: 200_000,
      input: '6',
      cached: '0.60',
      cacheWrite: '7.50',
      cacheWriteHour: '12',
      output: '22.50',
    },
  },
  'claude-haiku-4-5': {
    name: 'Claude Haiku 4.5',
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    input: '1',
    cached: '0.10',
    cacheWrite: '1.25',
    cacheWriteHour: '2',
    output: '5',
    imageTokensBound: 5_000,
  },
}
