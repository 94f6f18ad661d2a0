import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Source } from './sources.ts'

export interface Sample {
  readonly text: string
  readonly label: 0 | 1
}

const clones = path.join(import.meta.dirname, 'clones')
/** With pyarrow; whoever has none of their own may have one there. */
const ownPython = path.join(clones, 'venv/bin/python')
/** Roles that speak of these may be attacks, or guard against them. */
const doubtful =
  /instruction|prompt|reveal|disclos|ignore|jailbreak|override|confidential|secret|regardless|uncensored|unfiltered|no (?:rules|limits|restrictions)|指令|提示/i

/**
 * The texts of a source, out of its clone at `clones/<owner>+<name>` beside this file; undefined where there is none. The order and
 * the choice are the same each time.
 */
export function readSource(source: Source): Sample[] | undefined {
  const clone = path.join(clones, source.repository.replace('/', '+'))
  if (!existsSync(clone)) return undefined
  const shown =
    source.reader.kind === 'roles'
      ? readFolder(clone, source.path)
      : run('git', ['-C', clone, 'show', `HEAD:${source.path}`])
  const unique = new Map<string, Sample>()
  for (const { text, label } of parse(source, shown))
    if (text.trim().length > 3 && !unique.has(text)) unique.set(text, { text, label })
  const samples = [...unique.values()]
  if (source.most === undefined || samples.length <= source.most) return samples
  return samples.sort((one, other) => (digest(one.text) < digest(other.text) ? -1 : 1)).slice(0, source.most)
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function parse({ reader }: Source, shown: Buffer): Sample[] {
  switch (reader.kind) {
    case 'json':
      return (JSON.parse(shown.toString('utf8')) as unknown[]).flatMap((row) => samplesOf(row, reader)) // a list in each of them
    case 'lines':
      return linesOf(shown).flatMap((row) => samplesOf(row, reader))
    case 'parquet':
      return linesOf(
        run(
          existsSync(ownPython) ? ownPython : 'python3',
          [path.join(import.meta.dirname, 'read-parquet.py')],
          shown,
        ),
      ).flatMap((row) => samplesOf(row, reader))
    case 'csv':
      return readCsv(shown.toString('utf8'))
        .slice(1)
        .map((row) => ({ text: row[reader.column] ?? '', label: reader.label }))
    case 'strings':
      return (JSON.parse(shown.toString('utf8')) as string[]).map((text) => ({ text, label: reader.label })) // a list in it
    case 'groups': {
      const groups = JSON.parse(shown.toString('utf8')) as Record<string, (string | [string, string])[]> // as in BIPIA and CLINC150
      return Object.values(groups)
        .flat()
        .map((one) => ({ text: typeof one === 'string' ? one : one[0], label: reader.label }))
    }
    case 'roles':
      return [...shown.toString('utf8').matchAll(/```markdown\n([\s\S]*?)\n```/g)]
        .map(([, role = '']) => role.trim().slice(0, 1_500))
        .filter((role) => role.length >= 40 && !doubtful.test(role))
        .map((text) => ({ text, label: reader.label }))
    case 'instructions':
      return linesOf(shown).flatMap((row) => {
        const { instruction, instances } = row as { instruction: string; instances: { input: string }[] } // as in Self-Instruct
        return instances.slice(0, 1).map(({ input }) => ({
          text: input ? `${instruction}\n\n${input}` : instruction,
          label: reader.label,
        }))
      })
  }
}

function samplesOf(
  row: unknown,
  { text, label }: { readonly text: readonly string[]; readonly label: 0 | 1 | string },
): Sample[] {
  const field = (name: string) => (row as Record<string, unknown>)[name] // an object in each of these sources
  const value = text.length === 0 ? row : field(text[0] ?? '')
  const texts = Array.isArray(value)
    ? [value.join(typeof value[0] === 'string' && value[0].includes('\n') ? '' : '\n')]
    : [value]
  const isAttack = typeof label === 'string' ? field(label) === 1 : label === 1
  return texts.filter((one) => typeof one === 'string').map((one) => ({ text: one, label: isAttack ? 1 : 0 }))
}

/** All files of a folder, one after the other. */
function readFolder(clone: string, folder: string): Buffer {
  const names = run('git', ['-C', clone, 'ls-tree', '-r', '-z', '--name-only', 'HEAD', folder]).toString(
    'utf8',
  )
  const asked = names.split('\0').filter((name) => name.endsWith('.md'))
  return run(
    'git',
    ['-C', clone, 'cat-file', '--batch'],
    Buffer.from(asked.map((name) => `HEAD:${name}\n`).join('')),
  )
}

function linesOf(bytes: Buffer): unknown[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => JSON.parse(line))
}

function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

function run(command: string, args: readonly string[], input?: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...(input === undefined ? {} : { input }),
    maxBuffer: 256 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr?.toString() ?? 'did not start'}`)
  return stdout
}
