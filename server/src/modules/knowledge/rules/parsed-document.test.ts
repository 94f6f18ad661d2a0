import { expect, test } from 'vitest'
import { assembleDocument } from './parsed-document.ts'

test('every block is the slice of the text that its offsets name, with an empty line between blocks', () => {
  const document = assembleDocument('text/markdown', null, [
    { kind: 'heading', text: '  Pumps \n and valves ', level: 1 },
    { kind: 'paragraph', text: 'One\ttwo\n three' },
    { kind: 'paragraph', text: ' \n ' },
    { kind: 'code', text: '\n  if (x) {\n\n\n    y  \n  }\n' },
  ])
  expect(document.text).toBe('Pumps and valves\n\nOne two three\n\n  if (x) {\n\n    y\n  }')
  for (const block of document.blocks)
    expect(document.text.slice(block.startOffset, block.endOffset)).toBe(block.text)
  expect(document.blocks).toHaveLength(3)
})

test('blocks know the headings above them, and a heading of equal rank replaces the one before', () => {
  const heading = (text: string, level: number) => ({ kind: 'heading', text, level }) as const
  const document = assembleDocument('text/markdown', null, [
    heading('A', 1),
    heading('B', 2),
    { kind: 'paragraph', text: 'in B' },
    heading('C', 2),
    { kind: 'paragraph', text: 'in C' },
    heading('D', 1),
    { kind: 'paragraph', text: 'in D' },
  ])
  const paths = document.blocks.map((block) => [block.text, block.headingPath.join('/')])
  expect(paths).toEqual([
    ['A', ''],
    ['B', 'A'],
    ['in B', 'A/B'],
    ['C', 'A'],
    ['in C', 'A/C'],
    ['D', ''],
    ['in D', 'D'],
  ])
})

test('lists and tables keep their lines and their indentation', () => {
  const { text } = assembleDocument('text/plain', null, [
    { kind: 'list', text: '- a  b\r\n\t- c \r\n\r\n- d' },
  ])
  expect(text).toBe('- a b\n  - c\n- d')
})

test('a paragraph cut by the end of a page reads on', () => {
  const document = assembleDocument('application/pdf', 2, [
    { kind: 'paragraph', text: 'the pres', page: 1 },
    { kind: 'paragraph', text: 'sure rises', page: 2, continuesAfter: '' },
    { kind: 'paragraph', text: 'and falls', page: 2, continuesAfter: ' ' },
  ])
  expect(document.text).toBe('the pressure rises and falls')
  expect(document.blocks.map((block) => [block.page, block.startOffset, block.endOffset])).toEqual([
    [1, 0, 8],
    [2, 8, 18],
    [2, 19, 28],
  ])
})

test('what a database refuses or nobody sees is removed: zero bytes, controls, lone surrogates, soft hyphens', () => {
  const { text } = assembleDocument('text/plain', null, [
    { kind: 'paragraph', text: '\ufeffa\u0000b\u0007 c\u00add \ud800e \u200bf' },
  ])
  expect(text).toBe('ab cd \ufffde f')
})
