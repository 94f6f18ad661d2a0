import { expect, test } from 'vitest'
import { checkUpload } from './check-upload.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const codeOf = (work: () => void) => {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

test('an empty file is refused at once', () => {
  expect(codeOf(() => checkUpload(new Uint8Array(), 'a.txt'))).toBe('knowledge.document_empty')
})

test('a ZIP that is called a PDF is refused with both named', () => {
  expect(codeOf(() => checkUpload(bytes('PK\u0003\u0004…'), 'a.pdf'))).toBe(
    'knowledge.document_type_mismatch',
  )
})

test('a picture is refused as unsupported', () => {
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])
  expect(codeOf(() => checkUpload(png, 'a.png'))).toBe('knowledge.document_type_unsupported')
})

test('text, Markdown and a real PDF pass', () => {
  expect(codeOf(() => checkUpload(bytes('hello'), 'a.txt'))).toBe('accepted')
  expect(codeOf(() => checkUpload(bytes('# hello'), 'notes'))).toBe('accepted')
  expect(codeOf(() => checkUpload(bytes('%PDF-1.7 …'), 'a.pdf'))).toBe('accepted')
})
