import { expect, test } from 'vitest'
import { makeZip } from '../../../../testing/make-documents.ts'
import { readZipDirectory, unpackZipEntry } from './zip-directory.ts'

const LIMITS = { entryLimit: 100, unpackedLimitBytes: 1_000_000 }
const file = (text: string): Uint8Array => new TextEncoder().encode(text)
const archive = (): Uint8Array => makeZip({ 'a.txt': file('alpha '.repeat(50)), 'b/c.txt': file('beta') })

test('the directory lists names and sizes, and each file unpacks to what went in', () => {
  const bytes = archive()
  const entries = readZipDirectory(bytes, LIMITS)
  expect(entries.map((entry) => [entry.name, entry.unpackedBytes])).toEqual([
    ['a.txt', 300],
    ['b/c.txt', 4],
  ])
  const [first] = entries
  expect(first && Buffer.from(unpackZipEntry(bytes, first, 300)).toString()).toBe('alpha '.repeat(50))
})

test('too many files, or a claim of too many bytes, is refused before anything is unpacked', () => {
  const code = 'knowledge.archive_too_large'
  expect(() => readZipDirectory(archive(), { ...LIMITS, entryLimit: 1 })).toThrow(
    expect.objectContaining({ code }),
  )
  const tooSmall = { ...LIMITS, unpackedLimitBytes: 303 }
  expect(() => readZipDirectory(archive(), tooSmall)).toThrow(expect.objectContaining({ code }))
})

test('a file that unpacks to more than its directory claims is stopped at the limit', () => {
  const bytes = archive()
  const [first] = readZipDirectory(bytes, LIMITS)
  expect(() => first && unpackZipEntry(bytes, first, 299)).toThrow(
    expect.objectContaining({ code: 'knowledge.archive_too_large' }),
  )
})

test('every truncation and every flipped byte gives an error of ours or a directory, never another exception', () => {
  const bytes = archive()
  const survive = (hostile: Uint8Array): void => {
    try {
      for (const entry of readZipDirectory(hostile, LIMITS)) unpackZipEntry(hostile, entry, 1_000)
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^knowledge\./) })
    }
  }
  for (let length = 0; length < bytes.length; length++) survive(bytes.slice(0, length))
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const hostile = bytes.slice()
      hostile[at] = (hostile[at] ?? 0) ^ flip
      survive(hostile)
    }
  }
})
