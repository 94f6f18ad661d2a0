import { documentTypeMismatch } from '../../errors.ts'
import type { DraftBlock } from '../../rules/parsed-document.ts'
import { isHeaderRow, rowText } from '../../rules/table-text.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Below this a value is shown as it is written: no reader follows a longer path, and hostile files have no end. */
const MAX_DEPTH = 40
const LONG_TEXT = 200

/**
 * Reads JSON as text: each value behind its path (`order.lines[2].price: 12`), so that a passage says where it belongs;
 * the parts of the outermost object under headings, and lists of flat objects as tables.
 * @throws document_type_mismatch (422)
 */
export function parseJson(text: string): DraftBlock[] {
  const value = read(text, undefined)
  if (Array.isArray(value)) return listBlocks('', value)
  if (typeof value !== 'object' || value === null) return [{ kind: 'paragraph', text: String(value) }]
  return objectBlocks(value)
}

/** Reads one JSON value a line. @throws document_type_mismatch (422), with the line */
export function parseJsonLines(text: string): DraftBlock[] {
  const values: Json[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '') values.push(read(line, index + 1))
  }
  return listBlocks('', values)
}

function read(text: string, line: number | undefined): Json {
  try {
    // What JSON.parse gives is JSON.
    return JSON.parse(text) as Json
  } catch (cause) {
    throw documentTypeMismatch({
      message: `The content of this file is not valid JSON${line === undefined ? '' : `: line ${line} cannot be read`}. Mend it, or rename it to .txt to have it read as text.`,
      details: line === undefined ? {} : { line },
      cause,
    })
  }
}

function objectBlocks(value: { [key: string]: Json }): DraftBlock[] {
  const blocks: DraftBlock[] = []
  let plain: string[] = []
  const flush = (): void => {
    if (plain.length > 0) blocks.push({ kind: 'list', text: plain.join('\n') })
    plain = []
  }
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== 'object' || inner === null) {
      plain.push(...linesOf(step('', key), inner, 0))
      continue
    }
    flush()
    blocks.push({ kind: 'heading', level: 1, text: key })
    if (Array.isArray(inner)) blocks.push(...listBlocks(step('', key), inner))
    else blocks.push({ kind: 'list', text: linesOf(step('', key), inner, 1).join('\n') })
  }
  flush()
  return blocks
}

function listBlocks(path: string, values: readonly Json[]): DraftBlock[] {
  const table = asTable(values)
  if (table !== undefined) return [table]
  return values.map((value, index) => ({
    kind: 'list',
    text: linesOf(`${path}[${index}]`, value, 1).join('\n'),
  }))
}

/** A list of flat objects with the same keys, as rows below their names. */
function asTable(values: readonly Json[]): DraftBlock | undefined {
  if (values.length < 2) return undefined
  const columns = new Set<string>()
  let cells = 0
  for (const value of values) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'object' && inner !== null) return undefined
      if (typeof inner === 'string' && inner.length > LONG_TEXT) return undefined
      columns.add(key)
      cells++
    }
  }
  // Mostly full, or a path at each value reads better.
  if (columns.size < 2 || cells < columns.size * values.length * 0.6) return undefined
  const names = [...columns]
  const rows = [
    names,
    // Every value was found to be a plain object above.
    ...values.map((value) =>
      names.map((name) => showPlain((value as { [key: string]: Json })[name] ?? null)),
    ),
  ]
  const text = rows.flatMap((row) => rowText(row) ?? []).join('\n')
  return { kind: 'table', text, hasHeader: isHeaderRow(rows) }
}

function linesOf(path: string, value: Json, depth: number): string[] {
  if (typeof value !== 'object' || value === null)
    return [`${path}: ${showPlain(value).replace(/\s+/gu, ' ')}`]
  // As it is written would need the whole depth again: only that it goes on is said.
  if (depth >= MAX_DEPTH) return [`${path}: …`]
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((one) => typeof one !== 'object' || one === null)) {
      return [`${path}: ${value.map(showPlain).join(', ')}`.replace(/\s+/gu, ' ')]
    }
    return value.flatMap((inner, index) => linesOf(`${path}[${index}]`, inner, depth + 1))
  }
  return Object.entries(value).flatMap(([key, inner]) => linesOf(step(path, key), inner, depth + 1))
}

const showPlain = (value: Json): string => (value === null ? '' : String(value))

function step(path: string, key: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
