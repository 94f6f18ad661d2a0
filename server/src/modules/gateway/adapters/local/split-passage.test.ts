import { describe, expect, it } from 'vitest'
import { splitPassage } from './split-passage.ts'

const textsOf = (text: string) => splitPassage(text).map((unit) => unit.text)

describe('splitting a passage', () => {
  it('ends sentences at their end and not at abbreviations, numbers or initials', () => {
    expect(
      textsOf(
        'See e.g. Art. 7 No. 3 of the law. Dr. A. Smith paid 3.50 EUR. “Really?” he asked. It ended (in 1999.) Then',
      ),
    ).toEqual([
      'See e.g. Art. 7 No. 3 of the law.',
      'Dr. A. Smith paid 3.50 EUR.',
      '“Really?” he asked.',
      'It ended (in 1999.)',
      'Then',
    ])
  })

  it('joins lines that a page has wrapped, and words it has split', () => {
    expect(textsOf('The tenant is respon-\nsible for\r\nsmall repairs.')).toEqual([
      'The tenant is responsible for small repairs.',
    ])
  })

  it('takes headings, marked or bare, as what the text below them is about', () => {
    const units = splitPassage(
      '## Fees\nThe fee is ten dollars a month.\n\n5. Deposit\nThe deposit is two hundred dollars and paid once.',
    )
    expect(units.map(({ heading, text }) => [heading, text])).toEqual([
      ['Fees', 'The fee is ten dollars a month.'],
      ['Deposit', 'The deposit is two hundred dollars and paid once.'],
    ])
  })

  it('takes a short line with a blank one behind it as a heading, but never a number, which may be the answer', () => {
    const text =
      'Rotate the master key\n\nPut the new key first and start every node again.\n\nRoom 7\n\nThe red folder lies there all night.'
    expect(splitPassage(text).map(({ heading, text: unit }) => [heading, unit])).toEqual([
      ['Rotate the master key', 'Put the new key first and start every node again.'],
      ['Rotate the master key', 'Room 7'],
      ['Rotate the master key', 'The red folder lies there all night.'],
    ])
  })

  it('keeps items, rows and code apart, each in its own form', () => {
    const text =
      'Bring:\n- a passport\n  or an ID\n- 2. a photo\n\n| Plan | Price |\n|---|---|\n| Pro | $20 |\n\n```sh\nnpm start\n  --now\n```'
    expect(splitPassage(text)).toMatchObject([
      { kind: 'sentence', text: 'Bring:', introduces: true },
      { kind: 'item', text: 'a passport or an ID' },
      { kind: 'item', text: '2. a photo' },
      { kind: 'row', text: 'Plan: Pro · Price: $20' },
      { kind: 'code', text: 'npm start\n  --now' },
    ])
  })

  it('takes a line at the margin behind a finished item as a new paragraph', () => {
    expect(
      splitPassage('1. Open the door.\n2. Leave.\nNobody may stay behind.').map((unit) => unit.kind),
    ).toEqual(['item', 'item', 'sentence'])
  })

  it('marks what begins or ends in the middle', () => {
    expect(
      splitPassage('of the contract. Whole sentences are better. It goes on and').map((unit) => unit.whole),
    ).toEqual([false, true, false])
  })

  it('loses no word of any text', () => {
    const text = '# A b\n\nc d. E\n  f\n* g\n\th\n| i | j |\n1. k\nL m.\n'
    const words = (value: string) => value.match(/\p{L}+/gu)?.sort()
    const units = splitPassage(text)
    expect(
      words(units.map((unit) => unit.text).join(' ') + units.map((unit) => unit.heading ?? '').at(-1)),
    ).toEqual(words(text))
  })
})
