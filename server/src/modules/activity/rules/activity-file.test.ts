import { expect, test } from 'vitest'
import { csvHeader, type PresentedEntry, toCsvLine, toJsonLine } from './activity-file.ts'

const entry: PresentedEntry = {
  id: '0198f0a0-1111-7222-8333-444455556666',
  action: 'api_key.create',
  actor: { kind: 'user', id: null, name: '=HYPERLINK("https://example.com")' },
  entity: { type: 'api_key', id: '1' },
  changes: { name: 'a, "b"\nc' },
  ip: null,
  userAgent: '-2+3',
  requestId: '0198f0a0-1111-7222-8333-444455556667',
  createdAt: '2026-01-02T03:04:05.000Z',
}

test('a line of CSV has a cell for each column, quoted where it must be', () => {
  expect(csvHeader.trim().split(',')).toHaveLength(12)
  expect(toCsvLine(entry)).toBe(
    '2026-01-02T03:04:05.000Z,api_key.create,user,,' +
      `"'=HYPERLINK(""https://example.com"")",api_key,1,"{""name"":""a, \\""b\\""\\nc""}",,'-2+3,` +
      '0198f0a0-1111-7222-8333-444455556667,0198f0a0-1111-7222-8333-444455556666\r\n',
  )
})

test('a line of JSON is one line, and the entry again', () => {
  const line = toJsonLine(entry)
  expect(line.indexOf('\n')).toBe(line.length - 1)
  expect(JSON.parse(line)).toEqual(entry)
})

test.each(['=1+1', '+1', '-1', '@x', 'x;=1+1;y', 'x, =1', 'x\t+1', 'a|=cmd'])(
  '%j is no formula, wherever lines are cut',
  (name) => {
    const line = toCsvLine({ ...entry, actor: { ...entry.actor, name } })
    for (const separator of [';', ',', '\t', '|'])
      for (const cell of line.split(separator)) expect(cell.replace(/^\s*"?/, '')).not.toMatch(/^[=+@]/)
  },
)
