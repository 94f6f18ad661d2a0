import { describe, expect, test } from 'vitest'
import { readCallTag } from './read-call-tag.ts'

const header = (tag: string) => new Headers({ 'x-freehold-tag': tag })

describe('the tag of a call', () => {
  test('is the header, or in the metadata, from which it is taken', () => {
    expect(readCallTag(header('team/search'), undefined)).toEqual({ tag: 'team/search', others: undefined })
    expect(readCallTag(new Headers(), { freehold_tag: 'nightly' })).toEqual({
      tag: 'nightly',
      others: undefined,
    })
    expect(readCallTag(new Headers(), { freehold_tag: 'nightly', run: '7' })).toEqual({
      tag: 'nightly',
      others: { run: '7' },
    })
    expect(readCallTag(header('a'), { freehold_tag: 'a' }).tag).toBe('a')
  })

  test('may be missing, and then the metadata stays as it is', () => {
    expect(readCallTag(new Headers(), { run: '7' })).toEqual({ tag: null, others: { run: '7' } })
    expect(readCallTag(new Headers(), null)).toEqual({ tag: null, others: undefined })
    expect(readCallTag(new Headers(), {})).toEqual({ tag: null, others: {} })
  })

  test.each(['', 'two words', 'x'.repeat(65), 'ü', "a';--"])('is not %j', (tag) => {
    expect(() => readCallTag(new Headers(), { freehold_tag: tag })).toThrow(/metadata\.freehold_tag must be/)
  })

  test('is refused as a header by the header’s name', () => {
    expect(() => readCallTag(header('two words'), null)).toThrow(/X-Freehold-Tag must be 1 to 64 letters/)
  })

  test('is one: a header and a field that differ are refused', () => {
    expect(() => readCallTag(header('a'), { freehold_tag: 'b' })).toThrow(/must be the same/)
  })
})
