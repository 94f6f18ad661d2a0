import { strToU8 } from 'fflate'
import { describe, expect, test } from 'vitest'
import { makeZip } from '../../../../testing/make-documents.ts'
import { makePptx, makeXlsx } from '../../../../testing/make-office.ts'
import { chunkDocument } from '../../rules/chunk-document.ts'
import { parseFile, refusal } from './parse-kinds.fixture.ts'

describe('a workbook', () => {
  test('gives each sheet under its name, its rows as a table with dates, per cents and worked-out values', async () => {
    const progress: number[] = []
    const bytes = makeXlsx({
      Pumps: [
        ['Pump', 'Since', 'Load', 'Checked', 'Sum'],
        [
          'Tern',
          { number: 45_366, style: 1 },
          { number: 0.835, style: 2 },
          true,
          { formula: 'A1+1', value: '6.1' },
        ],
        ['Harlow & Co', { number: 45_366.5, style: 3 }, { number: 1, style: 2 }, false, 0.1 + 0.2],
      ],
      Empty: [],
      Costs: [
        [null, 'Part', 'Francs'],
        [null, 'Seal', 12],
      ],
    })
    const document = await parseFile(bytes, 'pumps.xlsx', { onProgress: ({ done }) => progress.push(done) })
    expect(document.mediaType).toMatch(/spreadsheetml\.sheet$/)
    expect(document.text).toBe(
      'Pumps\n\nPump | Since | Load | Checked | Sum\nTern | 2024-03-15 | 83.5% | true | 6.1\n' +
        'Harlow & Co | 2024-03-15 12:00 | 100% | false | 0.3\n\nCosts\n\nPart | Francs\nSeal | 12',
    )
    expect(document.blocks[1]).toMatchObject({ kind: 'table', headingPath: ['Pumps'], hasHeader: true })
    expect(progress).toEqual([1, 2, 3])
  })

  test('parts two tables of a sheet at the empty row between them', async () => {
    const bytes = makeXlsx({
      Sheet1: [['Name', 'Bar'], ['Tern', 6], [], ['Notes on both pumps'], ['None', 'yet']],
    })
    const { blocks } = await parseFile(bytes, 'a.xlsx')
    expect(blocks.map((block) => block.text)).toEqual([
      'Sheet1',
      'Name | Bar\nTern | 6',
      'Notes on both pumps\nNone | yet',
    ])
    expect(blocks.map((block) => block.hasHeader)).toEqual([false, true, false])
  })

  test('says its header again in each passage a long table is cut into, and loses no row', async () => {
    const rows = Array.from({ length: 400 }, (_, at) => [
      `Pump ${at}`,
      at,
      `Site number ${at} beyond the river`,
    ])
    const document = await parseFile(makeXlsx({ All: [['Pump', 'Number', 'Site'], ...rows] }), 'a.xlsx')
    const chunks = chunkDocument(document, { targetTokens: 120, maxTokens: 160 })
    expect(chunks.length).toBeGreaterThan(20)
    for (const chunk of chunks) {
      expect(chunk.text).toContain('Pump | Number | Site\n')
      expect(chunk.text.match(/Pump \| Number/g)).toHaveLength(1)
      expect(chunk.tokenEstimate).toBeLessThanOrEqual(160)
    }
    const all = chunks.map((chunk) => document.text.slice(chunk.startOffset, chunk.endOffset)).join('\n')
    for (const [name, number, site] of rows) expect(all).toContain(`${name} | ${number} | ${site}`)
  })
})

describe('a presentation', () => {
  test('gives its slides as pages, titles as headings, points, tables and notes below them', async () => {
    const document = await parseFile(
      makePptx([
        { title: 'Pumps', points: ['Close the valve', 'Open the bypass'], notes: 'Say it slowly.' },
        {
          title: 'Limits',
          table: [
            ['Pump', 'Bar'],
            ['Tern', '6.1'],
          ],
        },
      ]),
      'a.pptx',
    )
    expect(document).toMatchObject({ pageCount: 2, mediaType: expect.stringMatching(/presentationml/) })
    expect(document.text).toBe(
      'Pumps\n\n- Close the valve\n- Open the bypass\n\nNotes: Say it slowly.\n\nLimits\n\nPump | Bar\nTern | 6.1',
    )
    expect(document.blocks.map((block) => block.page)).toEqual([1, 1, 1, 2, 2])
    expect(document.blocks.at(-1)).toMatchObject({ kind: 'table', hasHeader: true, headingPath: ['Limits'] })
  })

  test('with more slides than allowed, or one missing, is refused with the number', async () => {
    const slides = Array.from({ length: 4 }, (_, at) => ({ title: `Slide ${at}` }))
    await expect(parseFile(makePptx(slides), 'a.pptx', { limits: { pageLimit: 3 } })).rejects.toThrow(
      refusal('document_too_many_pages', /has 4 slides; at most 3/),
    )
    const broken = makePptx(slides, { 'ppt/slides/slide3.xml': strToU8('<p:sld><a:t>') })
    await expect(parseFile(broken, 'a.pptx')).rejects.toThrow(refusal('document_corrupted'))
  })
})

describe('a hostile office file', () => {
  const bomb = new Uint8Array(20 * 1024 * 1024).fill(0x20)
  const external =
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><c t="str"><v>&e;</v></c></worksheet>'
  const laughs = `<!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, at) => `<!ENTITY b${at} "${'&a;'.repeat(9)}">`).join('')}]><x>&b8;</x>`

  test.each([
    ['an external entity', makeXlsx({ A: [['x']] }, { 'xl/worksheets/sheet1.xml': strToU8(external) })],
    ['entities that multiply', makePptx([{ title: 'x' }], { 'ppt/slides/slide1.xml': strToU8(laughs) })],
  ])('with %s is refused before anything of it is resolved', async (_, bytes) => {
    await expect(parseFile(bytes, 'a.xlsx')).rejects.toThrow(
      refusal('document_corrupted', /entities of its own/),
    )
  })

  test('that nests without end is refused', async () => {
    const deep = strToU8('<a>'.repeat(100_000))
    await expect(
      parseFile(makeXlsx({ A: [['x']] }, { 'xl/worksheets/sheet1.xml': deep }), 'a.xlsx'),
    ).rejects.toThrow(refusal('document_corrupted'))
  })

  test('that unpacks to too much is refused', async () => {
    const limits = { unpackedLimitBytes: 8 * 1024 * 1024 }
    for (const file of [
      makeXlsx({ A: [['x']] }, { 'xl/worksheets/sheet1.xml': bomb }),
      makePptx([{ title: 'x' }], { 'ppt/slides/slide1.xml': bomb }),
    ]) {
      await expect(parseFile(file, 'a', { limits })).rejects.toThrow(refusal('archive_too_large'))
    }
  })

  test('that names parts outside of itself reads nothing from the disk', async () => {
    const slip = makeXlsx(
      { A: [['x']] },
      {
        'xl/_rels/workbook.xml.rels': strToU8(
          '<Relationships><Relationship Id="rId1" Type="/worksheet" Target="../../../../../../etc/passwd"/></Relationships>',
        ),
        '../../escaped.txt': strToU8('x'),
      },
    )
    await expect(parseFile(slip, 'a.xlsx')).rejects.toThrow(refusal('document_without_text'))
  })

  test('with an archive inside, cut short, or called what it is not, is refused as that', async () => {
    const inner = makeZip({ 'a.txt': strToU8('x') })
    await expect(parseFile(makeXlsx({ A: [['x']] }, { 'xl/media/a.zip': inner }), 'a.xlsx')).rejects.toThrow(
      refusal('archive_nested'),
    )
    await expect(parseFile(makeXlsx({ A: [['x']] }).slice(0, 300), 'a.xlsx')).rejects.toThrow(
      refusal('document_corrupted'),
    )
    await expect(parseFile('just words', 'a.xlsx')).rejects.toThrow(
      refusal('document_type_mismatch', /named \.xlsx/),
    )
    await expect(parseFile(inner, 'a.pptx')).rejects.toThrow(refusal('document_type_mismatch', /ZIP archive/))
    expect((await parseFile(makePptx([{ title: 'Words' }]), 'a.xlsx')).mediaType).toMatch(/presentation/)
  })
})
