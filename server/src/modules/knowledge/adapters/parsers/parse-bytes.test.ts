import { strToU8 } from 'fflate'
import { expect, test } from 'vitest'
import {
  drawPdf,
  makeCorruptedPdf,
  makeDocx,
  makeDocxBomb,
  makeLongPdf,
  makePdf,
  makeProse,
  makeScannedPdf,
  makeZip,
} from '../../../../testing/make-documents.ts'
import type { ParsedDocument } from '../../rules/parsed-document.ts'
import { parseBytes } from './parse-bytes.ts'
import { DEFAULT_PARSER_LIMITS, type ParserLimits, type ParserProgress } from './parser-limits.ts'

interface Options {
  limits?: Partial<ParserLimits>
  declaredMediaType?: string
  onProgress?: (progress: ParserProgress) => void
}

const parse = (bytes: Uint8Array, fileName: string, options: Options = {}): Promise<ParsedDocument> =>
  parseBytes(
    { bytes, fileName, declaredMediaType: options.declaredMediaType ?? null },
    { limits: { ...DEFAULT_PARSER_LIMITS, ...options.limits }, onProgress: options.onProgress ?? (() => {}) },
  )

const refused = (code: string, message: RegExp = /./): object =>
  expect.objectContaining({ code: `knowledge.${code}`, message: expect.stringMatching(message) })

function expectSound(document: ParsedDocument): void {
  for (const block of document.blocks)
    expect(document.text.slice(block.startOffset, block.endOffset)).toBe(block.text)
}

test('a PDF gives back every paragraph whole, on its page, under its heading, with running lines left out', async () => {
  const progress: ParserProgress[] = []
  const document = await parse(await makePdf({ pages: 4 }), 'handbook.pdf', {
    onProgress: (p) => progress.push(p),
  })
  expectSound(document)
  expect(document).toMatchObject({ mediaType: 'application/pdf', pageCount: 4 })
  for (let page = 0; page < 4; page++) {
    const { heading, paragraphs } = makeProse(page)
    const blocks = document.blocks.filter((block) => block.page === page + 1)
    expect(blocks.map((block) => block.text)).toEqual([heading, ...paragraphs])
    expect(blocks[0]).toMatchObject({ kind: 'heading', level: 1 })
    expect(blocks[1]).toMatchObject({ kind: 'paragraph', headingPath: [heading] })
  }
  expect(progress).toEqual([1, 2, 3, 4].map((done) => ({ done, total: 4 })))
})

test('a PDF in columns is read column by column, and a word cut at the end of one line is mended', async () => {
  const left =
    'The booster pump raises the pres-\nsure of the water before it is led on to the settling tanks. '
  const sentence = (word: string, count: number): string =>
    `The ${word} column goes on with words. `.repeat(count)
  const bytes = await drawPdf((pdf) => {
    pdf.fontSize(20).text('Two columns', 72, 60).fontSize(10)
    pdf.text(left + sentence('left', 20), 72, 100, { width: 220 })
    pdf.text(sentence('right', 20), 320, 100, { width: 220 })
  })
  const { text } = await parse(bytes, 'columns.pdf')
  expect(text).toContain('raises the pressure of the water')
  expect(text.indexOf('Two columns')).toBe(0)
  expect(text.lastIndexOf('left')).toBeLessThan(text.indexOf('right'))
  expect(text.match(/The left column goes on with words\./g)).toHaveLength(20)
})

test('a table and a list in a PDF keep their rows and items', async () => {
  const bytes = await drawPdf((pdf) => {
    pdf
      .fontSize(10)
      .text('Before the table there is a paragraph of some length, so that the page has a body.', 72, 80)
    for (const [row, [pump, bar]] of [
      ['Pump', 'Bar'],
      ['Harlow', '7.5'],
      ['Tern', '6.1'],
    ].entries()) {
      pdf
        .text(pump ?? '', 72, 120 + row * 14, { lineBreak: false })
        .text(bar ?? '', 250, 120 + row * 14, { lineBreak: false })
    }
    for (const [row, item] of ['• close the valve', '• open the bypass'].entries())
      pdf.text(item, 72, 200 + row * 14)
  })
  const { blocks } = await parse(bytes, 'table.pdf')
  expect(blocks.find((block) => block.kind === 'table')?.text).toBe('Pump | Bar\nHarlow | 7.5\nTern | 6.1')
  expect(blocks.find((block) => block.kind === 'list')?.text).toBe('• close the valve\n• open the bypass')
})

test('a Word document gives headings, paragraphs and tables, and no pages', async () => {
  const bytes = makeDocx([
    { heading: 'Pumps', level: 1 },
    { paragraph: 'Pressure < 7 bar & rising.' },
    { heading: 'Limits', level: 2 },
    {
      table: [
        ['Pump', 'Bar'],
        ['Tern', '6.1'],
      ],
    },
  ])
  const document = await parse(bytes, 'pumps.docx')
  expectSound(document)
  expect(document.pageCount).toBeNull()
  expect(document.text).toBe('Pumps\n\nPressure < 7 bar & rising.\n\nLimits\n\nPump | Bar\nTern | 6.1')
  expect(document.blocks.at(-1)?.headingPath).toEqual(['Pumps', 'Limits'])
})

test('the type is decided by content, not by name or claim', async () => {
  const pdf = await parse(await makePdf({ pages: 1 }), 'notes.txt', { declaredMediaType: 'text/plain' })
  expect(pdf.mediaType).toBe('application/pdf')
  const docx = makeDocx([{ paragraph: 'Words' }])
  expect((await parse(docx, 'x.pdf', { declaredMediaType: 'application/pdf' })).mediaType).toMatch(
    /wordprocessingml/,
  )
  const html = strToU8('<!doctype html><p>Words</p>')
  expect((await parse(html, 'a', { declaredMediaType: 'application/pdf' })).mediaType).toBe('text/html')
})

test('plain text keeps its lines, in UTF-8 and UTF-16', async () => {
  const text = 'Zeile eins – ü\nZeile zwei\n\n\nAbsatz'
  for (const bytes of [
    strToU8(text),
    strToU8(`\ufeff${text}`.replaceAll('\n', '\r\n')),
    new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')),
  ]) {
    const document = await parse(bytes, 'a.txt')
    expect(document).toMatchObject({ mediaType: 'text/plain', text: 'Zeile eins – ü\nZeile zwei\n\nAbsatz' })
  }
})

test('an empty file, a file of white space and a page without words are refused', async () => {
  await expect(parse(new Uint8Array(), 'a.pdf')).rejects.toThrow(refused('document_empty', /upload it again/))
  await expect(parse(strToU8(' \n\t\n'), 'a.txt')).rejects.toThrow(refused('document_without_text'))
  await expect(parse(strToU8('<!doctype html><script>x</script>'), 'a.html')).rejects.toThrow(
    refused('document_without_text'),
  )
})

test('an archive named .pdf is refused as what it is', async () => {
  const zip = makeZip({ 'report.txt': strToU8('words') })
  await expect(parse(zip, 'report.pdf')).rejects.toThrow(
    refused('document_type_mismatch', /named \.pdf, but its content is a ZIP archive/),
  )
  await expect(parse(strToU8('words'), 'report.docx')).rejects.toThrow(
    refused('document_type_mismatch', /is text/),
  )
})

test('an unsupported type is named, with what is supported', async () => {
  const supported = /Supported are PDF, Word \(DOCX\), PowerPoint .* and plain text/
  const picture = new Uint8Array(
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\b\x06\0\0\0', 'latin1'),
  )
  await expect(parse(picture, 'a.png')).rejects.toThrow(
    refused('document_type_unsupported', /PNG \(image\/png\)/),
  )
  await expect(parse(picture, 'a.png')).rejects.toThrow(refused('document_type_unsupported', supported))
  await expect(parse(makeZip({ 'a.txt': strToU8('x') }), 'a.zip')).rejects.toThrow(
    refused('document_type_unsupported', /ZIP archive.*Unpack it/),
  )
  await expect(parse(strToU8('{\\rtf1\\ansi words}'), 'a.rtf')).rejects.toThrow(
    refused('document_type_unsupported', /RTF/),
  )
  const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex')
  await expect(parse(new Uint8Array(compound), 'a.doc')).rejects.toThrow(
    refused('document_type_unsupported', /old format.*Save it as DOCX/),
  )
  const zeros = new Uint8Array(64)
  await expect(parse(zeros, 'a.bin')).rejects.toThrow(refused('document_type_unsupported', /binary data/))
  await expect(parse(zeros, 'a.pdf')).rejects.toThrow(refused('document_corrupted'))
})

test('files behind a password are refused with what to do', async () => {
  const pdf = await makePdf({ pages: 1, userPassword: 'open sesame' })
  await expect(parse(pdf, 'a.pdf')).rejects.toThrow(refused('document_encrypted', /Remove the password/))
  const office = Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.from('EncryptedPackage', 'utf16le'),
  ])
  await expect(parse(new Uint8Array(office), 'a.docx')).rejects.toThrow(
    refused('document_encrypted', /Office/),
  )
})

test('a PDF without text is called a scan that needs OCR', async () => {
  await expect(parse(makeScannedPdf(3), 'scan.pdf')).rejects.toThrow(
    refused('document_without_text', /3 pages of this PDF hold pictures only.*OCR/),
  )
})

test('a PDF of 2,000 pages is refused at once, with its pages and the limit', async () => {
  const started = performance.now()
  await expect(parse(makeLongPdf(2_000), 'long.pdf')).rejects.toThrow(
    refused('document_too_many_pages', /has 2000 pages; at most 1500 are read/),
  )
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('more text than allowed is refused, in a PDF as soon as it is reached', async () => {
  const limits = { characterLimit: 4_000 }
  const pages: number[] = []
  const reading = parse(await makePdf({ pages: 9 }), 'a.pdf', {
    limits,
    onProgress: ({ done }) => pages.push(done),
  })
  await expect(reading).rejects.toThrow(refused('document_too_long'))
  expect(Math.max(...pages)).toBeLessThan(9)
  await expect(parse(strToU8('word '.repeat(1_000)), 'a.txt', { limits })).rejects.toThrow(
    refused('document_too_long', /4999 characters.*at most 4000/),
  )
})

test('a damaged PDF and a damaged Word document are refused as damaged', async () => {
  await expect(parse(await makeCorruptedPdf(), 'a.pdf')).rejects.toThrow(refused('document_corrupted'))
  const broken = makeDocx([], { 'word/document.xml': strToU8('<w:document><unclosed') })
  await expect(parse(broken, 'a.docx')).rejects.toThrow(refused('document_corrupted'))
  await expect(parse(makeDocx([{ paragraph: 'x' }]).slice(0, 400), 'a.docx')).rejects.toThrow(
    refused('document_corrupted'),
  )
})

test('a Word document that unpacks to too much is refused, also when its directory lies about it', async () => {
  const limits = { unpackedLimitBytes: 8 * 1024 * 1024 }
  for (const lies of [false, true]) {
    await expect(parse(makeDocxBomb(20, lies), 'bomb.docx', { limits })).rejects.toThrow(
      refused('archive_too_large'),
    )
  }
})

test('an archive inside a Word document is refused, but for the sheet behind a chart, which is not opened', async () => {
  const inner = makeZip({ 'a.txt': strToU8('x') })
  const nested = makeDocx([{ paragraph: 'Words' }], { 'word/media/inner.zip': inner })
  await expect(parse(nested, 'a.docx')).rejects.toThrow(refused('archive_nested'))
  const chart = makeDocx([{ paragraph: 'Words' }], {
    'word/embeddings/Sheet1.xlsx': strToU8('not even an archive'),
  })
  expect((await parse(chart, 'a.docx')).text).toBe('Words')
})

test('text that is no valid UTF-8 is refused, never guessed', async () => {
  const latin1 = new Uint8Array(Buffer.from('Grüße aus Köln', 'latin1'))
  await expect(parse(latin1, 'a.txt')).rejects.toThrow(refused('document_not_unicode', /UTF-8/))
})
