import { expect, test } from 'vitest'
import { chunkDocument } from '../../rules/chunk-document.ts'
import { parseFile, refusal } from './parse-kinds.fixture.ts'

const rows = [
  ['Pump', 'Bar', 'Note'],
  ['Tern', '6,1', 'runs, mostly'],
  ['Harlow', '7,5', 'two\nlines; and "quotes"'],
]
const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`

test.each([',', ';', '\t', '|'])('a table parted by %j is read as the same table', async (delimiter) => {
  const text = rows.map((row) => row.map(quote).join(delimiter)).join('\r\n')
  const document = await parseFile(`\ufeff${text}`, delimiter === '\t' ? 'a.tsv' : 'a.csv')
  expect(document).toMatchObject({
    mediaType: 'text/csv',
    text: 'Pump | Bar | Note\nTern | 6,1 | runs, mostly\nHarlow | 7,5 | two lines; and "quotes"',
  })
  expect(document.blocks[0]).toMatchObject({ kind: 'table', hasHeader: true })
})

test('a table without a header has none said again, one with a header has it in each passage', async () => {
  const body = Array.from({ length: 300 }, (_, at) => `${at},pump number ${at},${at * 7}`).join('\n')
  const without = chunkDocument(await parseFile(body, 'a.csv'))
  expect(without.length).toBeGreaterThan(3)
  for (const chunk of without.slice(1)) expect(chunk.text).not.toContain('pump number 0 ')
  const headed = chunkDocument(await parseFile(`id,name,price\n${body}`, 'a.csv'))
  for (const chunk of headed) expect(chunk.text.startsWith('id | name | price\n')).toBe(true)
})

test('a table whose quote is never closed, and one that says too much, are refused', async () => {
  const open = `a,b\n1,"${'x'.repeat(1_100_000)}`
  await expect(parseFile(open, 'a.csv')).rejects.toThrow(refusal('document_corrupted', /quoted cell/))
  await expect(
    parseFile('a,b\n'.repeat(20_000), 'a.csv', { limits: { characterLimit: 10_000 } }),
  ).rejects.toThrow(refusal('document_too_long'))
})

test('JSON keeps the path of each value, and its lists of records are tables', async () => {
  const document = await parseFile(
    JSON.stringify({
      name: 'Harlow',
      'odd key': 1,
      site: { address: { city: 'Basel', floors: [1, 2] }, open: true },
      pumps: [
        { id: 'Tern', bar: 6.1 },
        { id: 'Osprey', bar: 7 },
      ],
      log: [{ at: { day: 1 } }],
    }),
    'a.json',
  )
  expect(document.mediaType).toBe('application/json')
  expect(document.text).toBe(
    [
      'name: Harlow\n["odd key"]: 1',
      'site',
      'site.address.city: Basel\nsite.address.floors: 1, 2\nsite.open: true',
      'pumps',
      'id | bar\nTern | 6.1\nOsprey | 7',
      'log',
      'log[0].at.day: 1',
    ].join('\n\n'),
  )
})

test('JSON lines are read one by one, and a name that says nothing leaves it to the content', async () => {
  const lines = '{"id":1,"deep":{"a":"first"}}\n\n{"id":2,"deep":{"a":"second"}}\n'
  for (const [name, mediaType] of [
    ['a.jsonl', 'application/jsonl'],
    ['export', 'application/jsonl'],
  ] as const) {
    expect(await parseFile(lines, name)).toMatchObject({
      mediaType,
      text: '[0].id: 1\n[0].deep.a: first\n\n[1].id: 2\n[1].deep.a: second',
    })
  }
  expect((await parseFile('{"a": "words"}', 'export')).mediaType).toBe('application/json')
  expect((await parseFile('{"a": "words"}', 'a.txt')).mediaType).toBe('text/plain')
})

test('what is called JSON and is none is refused, with the line', async () => {
  await expect(parseFile('words', 'a.json')).rejects.toThrow(
    refusal('document_type_mismatch', /not valid JSON/),
  )
  await expect(parseFile('{"a":1}\n{"a":', 'a.jsonl')).rejects.toThrow(
    refusal('document_type_mismatch', /line 2/),
  )
})

test('JSON that nests a hundred thousand deep costs no crash', async () => {
  const deep = `{"word":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expect((await parseFile(deep, 'a.json')).text).toMatch(/^word\n\nword\[0\].*…$/s)
})
