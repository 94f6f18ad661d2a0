import { expect, test } from 'vitest'
import { extensionOf, sniffContainer, sniffTextType } from './sniff-media-type.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

test('containers are told by their first bytes', () => {
  expect(sniffContainer(bytes('%PDF-1.7\n'))).toBe('pdf')
  expect(sniffContainer(bytes(`${'\n'.repeat(500)}%PDF-1.4`))).toBe('pdf')
  expect(sniffContainer(bytes('PK\x03\x04...'))).toBe('zip')
  expect(sniffContainer(bytes('PK\x05\x06'))).toBe('zip')
  expect(sniffContainer(bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'))).toBe('compound')
  expect(sniffContainer(bytes('Hello'))).toBe('text')
  expect(sniffContainer(bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'))).toBe('binary')
})

test('an archive that mentions a PDF header is an archive', () => {
  expect(sniffContainer(bytes('PK\x03\x04 %PDF-1.7'))).toBe('zip')
})

test('UTF-16 with a byte order mark is text in spite of its zero bytes', () => {
  expect(sniffContainer(bytes('\xff\xfeH\0i\0'))).toBe('text')
  expect(sniffContainer(bytes('\xfe\xff\0H\0i'))).toBe('text')
})

test('HTML is told by how it starts, whatever the name or the client says', () => {
  expect(sniffTextType('<!DOCTYPE html><p>x', 'notes.txt', 'text/plain')).toBe('text/html')
  expect(sniffTextType('<!-- a --> <!-- b -->\n<html lang="en">', 'x', null)).toBe('text/html')
  expect(sniffTextType('<p>x</p>', 'page', null)).toBe('text/html')
})

test('an extension alone does not make HTML of what has no element in it', () => {
  expect(sniffTextType('a < b and b > c', 'x.html', 'text/html')).toBe('text/plain')
  expect(sniffTextType('Hello <b>you</b><br>', 'x.html', null)).toBe('text/html')
})

test('Markdown is told by extension, by a claim the content does not contradict, or by two of its signs', () => {
  expect(sniffTextType('<h1>Title</h1>', 'README.md', null)).toBe('text/markdown')
  expect(sniffTextType('plain words', 'x', 'text/markdown; charset=utf-8')).toBe('text/markdown')
  expect(sniffTextType('# Title\n\nSee [this](https://example.com).', 'README', null)).toBe('text/markdown')
  expect(sniffTextType('# Title\n\nwords', 'README', null)).toBe('text/plain')
  expect(sniffTextType('# Title\n\n**bold** [a](b)', 'notes.txt', null)).toBe('text/plain')
})

test('hostile text is sniffed in linear time', () => {
  const started = performance.now()
  for (const hostile of [
    '<!---->'.repeat(20_000),
    '<p'.repeat(60_000),
    '['.repeat(100_000),
    '|'.repeat(100_000),
  ]) {
    sniffTextType(hostile, '', 'text/html')
    sniffTextType(hostile, '', null)
  }
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('the extension is what follows the last dot of the last path segment', () => {
  expect(extensionOf('a.b.PDF')).toBe('pdf')
  expect(extensionOf('folder.d/name')).toBe('')
  expect(extensionOf('')).toBe('')
})
