import { expect, test } from 'vitest'
import { type PdfPiece, readPdfLines } from './pdf-lines.ts'

const WIDTH_PER_CHARACTER = 5

const piece = (text: string, x: number, y: number, size = 10): PdfPiece => ({
  text,
  x,
  y,
  size,
  width: text.length * WIDTH_PER_CHARACTER,
})

const texts = (pieces: PdfPiece[]): string[][] =>
  readPdfLines(pieces).map((region) => region.map((line) => line.text))

test('pieces that touch are one word, a gap between them is a space', () => {
  expect(texts([piece('Pre', 0, 10), piece('ssure', 15, 10), piece('rises', 43, 10)])).toEqual([
    ['Pressure rises'],
  ])
})

test('what was drawn twice to look bold is read once', () => {
  expect(texts([piece('Bold', 0, 10), piece('Bold', 0.4, 10), piece('er', 20, 10)])).toEqual([['Bolder']])
})

test('a raised figure stays in its line', () => {
  expect(texts([piece('10 m', 0, 10), piece('3', 20, 6.5, 6), piece('a day', 28, 10)])).toEqual([
    ['10 m3 a day'],
  ])
})

test('lines come from top to bottom however the file draws them', () => {
  expect(texts([piece('third', 0, 34), piece('first', 0, 10), piece('second', 0, 22)])).toEqual([
    ['first', 'second', 'third'],
  ])
})

test('two columns are read one after the other, between what spans them', () => {
  const column = (name: string, x: number): PdfPiece[] =>
    Array.from({ length: 6 }, (_, row) => piece(`${name} ${row} of the column reads on`, x, 40 + row * 12))
  const title = piece('A title that runs across both of the columns of the page', 40, 10)
  const footer = piece('A line below that runs across both of the columns', 60, 130)
  const shuffled = [...column('right', 200), footer, ...column('left', 0), title]
  const lines = texts(shuffled).flat()
  expect(lines[0]).toBe(title.text)
  expect(lines.slice(1, 7)).toEqual(column('left', 0).map((line) => line.text))
  expect(lines.slice(7, 13)).toEqual(column('right', 200).map((line) => line.text))
  expect(lines[13]).toBe(footer.text)
})

test('the rows of a table stay rows, with their cells apart', () => {
  const rows = Array.from({ length: 8 }, (_, row) => [
    piece(`Pump ${row}`, 0, row * 12),
    piece(`${row} bar`, 120, row * 12),
  ])
  const [region] = readPdfLines(rows.flat())
  expect(region?.map((line) => line.cells)).toEqual(rows.map((_, row) => [`Pump ${row}`, `${row} bar`]))
})

test('dots that lead to a page number become one sign', () => {
  expect(texts([piece('Valves . . . . . . . . . 12', 0, 10)])).toEqual([['Valves … 12']])
})

test('a page of very many pieces is read without looking for columns', () => {
  const many = Array.from({ length: 20_000 }, (_, i) =>
    piece(`w${i}`, (i % 50) * 60, Math.floor(i / 50) * 12),
  )
  const started = performance.now()
  expect(readPdfLines(many).flat()).toHaveLength(400)
  expect(performance.now() - started).toBeLessThan(5_000)
})
