import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type ImportEdge, scanImports, scanTokens, type Token } from './scan-source.ts'

/** A source with its path below `server/src`, such as `modules/budgets/store.ts`. */
export interface SourceFile {
  path: string
  source: string
}

export interface Breach {
  path: string
  line: number
  message: string
}

/** A rule of the architecture: a pure function, so that a planted breach can be shown to be found. */
export type Rule = (files: readonly SourceFile[]) => Breach[]

export interface Edge extends ImportEdge {
  /** Below `server/src`; null for packages and for what lies outside. */
  target: string | null
}

const sourceFolder = path.join(import.meta.dirname, '../../../src')

export async function readSources(): Promise<SourceFile[]> {
  const entries = await readdir(sourceFolder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) =>
      path.relative(sourceFolder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'),
    )
  return Promise.all(
    names
      .sort()
      .map(async (name) => ({ path: name, source: await readFile(path.join(sourceFolder, name), 'utf8') })),
  )
}

/** The strings of `moduleOrder` in `app/modules.ts`. */
export function readModuleOrder(files: readonly SourceFile[]): string[] {
  const file = files.find((one) => one.path === 'app/modules.ts')
  const { tokens } = scan(file ?? { path: 'app/modules.ts', source: '' })
  const start = tokens.findIndex(
    (token, index) => token.text === 'moduleOrder' && tokens[index - 1]?.text === 'const',
  )
  const end = tokens.findIndex((token, index) => index > start && token.text === ']')
  const order = tokens
    .slice(start, end)
    .filter((token) => token.kind === 'string')
    .map((token) => token.text)
  if (order.length === 0) throw new Error('app/modules.ts declares no moduleOrder.')
  return order
}

const scanned = new WeakMap<SourceFile, { tokens: Token[]; edges: Edge[] }>()

/** Tokens and imports of a file, scanned once however many rules ask. */
export function scan(file: SourceFile): { tokens: Token[]; edges: Edge[] } {
  const known = scanned.get(file)
  if (known) return known
  const tokens = scanTokens(file.source)
  const edges = scanImports(tokens).map((edge) => ({ ...edge, target: targetOf(file.path, edge.specifier) }))
  const made = { tokens, edges }
  scanned.set(file, made)
  return made
}

function targetOf(from: string, specifier: string): string | null {
  // `new URL('../', …)` names a folder.
  if (!specifier.startsWith('.') || !/\.[a-z]+$/.test(specifier)) return null
  const target = path.posix.join(path.posix.dirname(from), specifier)
  return target.startsWith('..') ? null : target
}

/**
 * Tests and what only they use (`testing/`, suites of ports, fixtures beside a test): they may look anywhere, and are
 * held to the rules of names and size alone.
 */
export function isTest(filePath: string): boolean {
  return filePath.startsWith('testing/') || /\.(test|suite|fixture)\.ts$/.test(filePath)
}

export function production(files: readonly SourceFile[]): SourceFile[] {
  return files.filter((file) => !isTest(file.path))
}

/** The module a path belongs to, or undefined outside of `modules/`. */
export function moduleOf(filePath: string): string | undefined {
  return /^modules\/([^/]+)\//.exec(filePath)?.[1]
}

/** The path inside its module: `actions/set-budget.ts`. */
export function roomOf(filePath: string): string {
  return filePath.split('/').slice(2).join('/')
}
