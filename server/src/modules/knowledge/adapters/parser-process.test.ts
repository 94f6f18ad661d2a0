import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeLongPdf, makePdf, makePdfBomb, makeProse } from '../../../testing/make-documents.ts'
import { type ParseRequest, parseDocument } from './parser-process.ts'
import type { ParserProgress } from './parsers/parser-limits.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parser-process-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

async function put(name: string, bytes: Uint8Array | string): Promise<ParseRequest> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return { path, fileName: name, declaredMediaType: null }
}

const refused = (code: string): object => expect.objectContaining({ code: `knowledge.${code}` })

test('a document comes back whole from the parser process, with progress on the way', async () => {
  const progress: ParserProgress[] = []
  const request = await put('handbook.pdf', await makePdf({ pages: 30 }))
  const document = await parseDocument({ ...request, onProgress: (p) => progress.push(p) })
  expect(document).toMatchObject({ mediaType: 'application/pdf', pageCount: 30 })
  expect(document.blocks[0]?.text).toBe(makeProse(0).heading)
  for (const block of document.blocks)
    expect(document.text.slice(block.startOffset, block.endOffset)).toBe(block.text)
  expect(progress.at(-1)).toEqual({ done: 30, total: 30 })
})

test('text of several megabytes arrives in order, characters outside the basic plane intact', async () => {
  const paragraph = 'Valve 🚰 opens. '.repeat(50).trim()
  const text = Array.from({ length: 3_000 }, (_, i) => `${i}: ${paragraph}`).join('\n\n')
  const document = await parseDocument(await put('long.txt', text))
  expect(document.text).toBe(text)
  expect(document.blocks).toHaveLength(3_000)
})

test('an error about the document crosses the process with its status, message and details', async () => {
  const request = await put('long.pdf', makeLongPdf(2_000))
  await expect(parseDocument(request)).rejects.toMatchObject({
    code: 'knowledge.document_too_many_pages',
    status: 422,
    details: { pages: 2_000, pageLimit: 1_500 },
  })
})

test('a parser that takes too long is stopped', async () => {
  const request = await put('slow.pdf', await makePdf({ pages: 100 }))
  await expect(parseDocument({ ...request, limits: { timeoutMs: 150 } })).rejects.toThrow(
    refused('parse_timed_out'),
  )
})

test('a parser whose heap is full ends with an error that says so', async () => {
  const request = await put('heap.md', '- [x] **a** `b` [c](d)\n'.repeat(40_000))
  const limits = { heapLimitMegabytes: 40 }
  await expect(parseDocument({ ...request, limits })).rejects.toThrow(refused('parser_out_of_memory'))
})

test.skipIf(process.platform !== 'linux')(
  'a page that unpacks to hundreds of megabytes outside the heap is stopped',
  async () => {
    const request = await put('bomb.pdf', makePdfBomb(300))
    const limits = { residentLimitMegabytes: 200 }
    await expect(parseDocument({ ...request, limits })).rejects.toThrow(refused('parser_out_of_memory'))
  },
)

test('a parser that breaks down takes nothing with it, and what it said last is the cause', async () => {
  const request = await put('a.txt', 'words')
  const { path } = await put('abort.mjs', 'console.error("last words"); process.abort()')
  await expect(parseDocument(request, path)).rejects.toMatchObject({
    code: 'knowledge.parser_crashed',
    cause: { message: expect.stringContaining('last words') },
  })
  expect((await parseDocument(request)).text).toBe('words')
})

test('the process has no environment, may read the document, and nothing else; it may not write or start programs', async () => {
  const secret = await put('secret.txt', 'secret')
  const request = await put('a.txt', 'words')
  const { path } = await put(
    'probe.mjs',
    `import { readFileSync, writeFileSync } from 'node:fs'
     import { execSync } from 'node:child_process'
     const attempt = (work) => { try { return work() ?? 'done' } catch (error) { return error.code } }
     process.once('message', ({ path }) => process.send({ type: 'broken', reason: JSON.stringify({
       variables: Object.keys(process.env),
       document: attempt(() => readFileSync(path, 'utf8')),
       secret: attempt(() => readFileSync(${JSON.stringify(secret.path)}, 'utf8')),
       write: attempt(() => writeFileSync(path, 'changed')),
       start: attempt(() => execSync('true')),
     }) }))`,
  )
  const error = await parseDocument(request, path).catch((thrown: unknown) => thrown)
  // The probe answers with the text of the error's cause.
  const { cause } = error as { cause: Error }
  expect(JSON.parse(cause.message)).toEqual({
    variables: [],
    document: 'words',
    secret: 'ERR_ACCESS_DENIED',
    write: 'ERR_ACCESS_DENIED',
    start: 'ERR_ACCESS_DENIED',
  })
})

test('an aborted request ends its process and rejects with the reason', async () => {
  const request = await put('b.pdf', await makePdf({ pages: 100 }))
  const controller = new AbortController()
  const reason = new Error('the job was cancelled')
  const { signal } = controller
  await expect(
    parseDocument({ ...request, signal, onProgress: () => controller.abort(reason) }),
  ).rejects.toBe(reason)
  await expect(parseDocument({ ...request, signal })).rejects.toBe(reason)
})
