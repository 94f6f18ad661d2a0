import { linesOf, type Token } from './scan-source.ts'
import { type Breach, production, type Rule, roomOf, type SourceFile, scan } from './source-file.ts'

function forbidTokens(
  files: readonly SourceFile[],
  forbidden: readonly (readonly string[])[],
  message: (sequence: string) => string,
): Breach[] {
  return files.flatMap((file) =>
    forbidden.flatMap((sequence) =>
      linesOf(scan(file).tokens, sequence).map((line) => ({
        path: file.path,
        line,
        message: message(sequence.join('')),
      })),
    ),
  )
}

const clockReads = [
  ['new', 'Date', '(', ')'],
  ['Date', '.', 'now'],
]

const impure = [
  ...clockReads,
  ['Math', '.', 'random'],
  ['performance', '.', 'now'],
  ['crypto', '.', 'randomUUID'],
  ['crypto', '.', 'getRandomValues'],
  ['process', '.'],
  ['console', '.'],
  ['setTimeout', '('],
  ['setInterval', '('],
  ['fetch', '('],
]

/** A rule gets what it decides by as arguments: no clock, no chance, no environment. */
export const rulesArePure: Rule = (files) =>
  forbidTokens(
    production(files).filter(
      (file) => roomOf(file.path).startsWith('rules/') && file.path.startsWith('modules/'),
    ),
    impure,
    (sequence) => `a rule uses ${sequence}`,
  )

/** Who may ask the system for the time, and why. Durations measured with `performance.now()` are free. */
const clockReaders: Readonly<Record<string, string>> = {
  'platform/clock.ts': 'is the clock',
  'platform/storage/disk-storage.ts': 'compares with file times, which the system sets',
  'platform/db/data-directory-lock.ts': 'compares with file times, which the system sets',
}

export const timeComesFromTheClock: Rule = (files) =>
  forbidTokens(
    production(files).filter((file) => !(file.path in clockReaders)),
    clockReads,
    (sequence) => `${sequence} instead of the clock passed in`,
  )

const environmentReaders = ['app/cli.ts', 'app/run-server.ts']

/** Configuration is parsed once at the entry and passed down. */
export const environmentIsReadAtTheEntry: Rule = (files) => {
  const others = production(files).filter((file) => !environmentReaders.includes(file.path))
  return [
    ...forbidTokens(
      others,
      [
        ['process', '.', 'env'],
        ['process', '['],
      ],
      () => 'reads the environment',
    ),
    ...others.flatMap((file) =>
      scan(file)
        .edges.filter((edge) => /^(node:)?process$/.test(edge.specifier))
        .map((edge) => ({ path: file.path, line: edge.line, message: 'imports the process module' })),
    ),
  ]
}

export const noDefaultExports: Rule = (files) =>
  forbidTokens(
    files.filter((file) => !file.path.endsWith('.d.ts')),
    [['export', 'default']],
    () => 'has a default export',
  )

/** Run as programs of their own, not imported: what they do when loaded is their purpose. */
const programs = /(^app\/cli|-worker|-child)\.ts$/

/** Loading a file opens, reads and starts nothing. */
export const importsDoNothing: Rule = (files) =>
  production(files)
    .filter((file) => !programs.test(file.path))
    .flatMap((file) =>
      topLevelEffects(scan(file).tokens).map((token) => ({
        path: file.path,
        line: token.line,
        message: `${token.text} runs when the file is loaded`,
      })),
    )

function topLevelEffects(tokens: readonly Token[]): Token[] {
  const opens =
    /^(\w+Sync|createServer|createConnection|createReadStream|createWriteStream|setInterval|setTimeout)$/
  const made = /^(Worker|Pool|Client|PGlite|Redis|Agent)$/
  return tokens.filter((token, index) => {
    if (token.kind !== 'word' || token.depth > 0) return false
    // An arrow at the top level without braces runs later.
    if (insideArrow(tokens, index)) return false
    if (token.text === 'await') return true
    const next = tokens[index + 1]?.text
    return (
      (opens.test(token.text) && next === '(') || (made.test(token.text) && tokens[index - 1]?.text === 'new')
    )
  })
}

function insideArrow(tokens: readonly Token[], index: number): boolean {
  for (let place = index - 1; place >= 0; place--) {
    const token = tokens[place]
    if (token?.depth !== 0) continue
    if (token.text === '=>') return true
    if (['const', 'let', 'export', 'import', 'function'].includes(token.text)) return false
  }
  return false
}

/** `Scope` writes, `Caller` reaches the network: nothing takes both, so no transaction waits for the outside. */
export const nothingTakesScopeAndCaller: Rule = (files) =>
  production(files).flatMap((file) => {
    const { tokens } = scan(file)
    return tokens.flatMap((token, index) => {
      if (token.text !== '(' || token.kind !== 'mark') return []
      const close = tokens.findIndex(
        (one, place) => place > index && one.text === ')' && one.depth === token.depth,
      )
      const types = tokens
        .slice(index, close)
        .filter((one, offset) => one.depth === token.depth + 1 && tokens[index + offset - 1]?.text === ':')
        .map((one) => one.text)
      if (!types.includes('Scope') || !types.includes('Caller')) return []
      return [{ path: file.path, line: token.line, message: 'takes a Scope and a Caller' }]
    })
  })
