import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { drawPdf } from '../../../../testing/make-documents.ts'
import { listPages } from '../../rules/list-pages.ts'
import { parseFile } from './parse-kinds.fixture.ts'

const words = 'This page has words enough to be read, and nobody needs to recognise them from a picture.'

/** A grey picture as a scanner makes them, large when it is unpacked. */
function makePng(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head[8] = 8
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(side * (side + 1), 0x00))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc32(bytes: Buffer): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return (sum ^ 0xffffffff) >>> 0
}

test('a PDF says which of its pages are pictures without text; empty pages are none of them', async () => {
  const picture = makePng(2_000)
  const bytes = await drawPdf((pdf) => {
    pdf.text(words)
    pdf.addPage().image(picture, 50, 50, { width: 400 })
    pdf.addPage().image(picture, 50, 50, { width: 400 })
    pdf.addPage()
    pdf.addPage().text(words).image(picture, 50, 200, { width: 400 })
    pdf.addPage().image(picture, 50, 50, { width: 400 })
  })
  const document = await parseFile(bytes, 'a.pdf')
  expect(document.pageCount).toBe(6)
  expect(document.warnings).toEqual([
    {
      code: 'pages_need_ocr',
      message: expect.stringMatching(/^Pages 2–3 and 6 hold pictures and no text\. Run .* \(OCR\)/),
      pages: [2, 3, 6],
    },
  ])
})

test('a PDF with text on every page has nothing to say', async () => {
  const bytes = await drawPdf((pdf) => pdf.text(words).addPage().text(words))
  expect((await parseFile(bytes, 'a.pdf')).warnings).toEqual([])
})

test('pages are listed as people write them', () => {
  expect(listPages([4])).toBe('4')
  expect(listPages([1, 2, 3])).toBe('1–3')
  expect(listPages([3, 5, 6, 7, 12])).toBe('3, 5–7 and 12')
})
