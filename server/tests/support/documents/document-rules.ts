import path from 'node:path'
import type { Document, Piece } from './read-documents.ts'

/** What documents are held against. */
export interface World {
  /** Files and folders of the repository; folders end in a slash. */
  readonly tree: ReadonlySet<string>
  /** Names of the scripts in the root manifest. */
  readonly scripts: ReadonlySet<string>
  /** Subcommands of `freehold`. */
  readonly commands: ReadonlySet<string>
  /** Names of the settings, and what else may be set in an environment. */
  readonly settings: ReadonlySet<string>
  /** `GET /api/v1/models`, with `{}` for each parameter. */
  readonly operations: ReadonlySet<string>
}

/** One sentence for each thing that is wrong, with its place. */
export type DocumentRule = (documents: readonly Document[], world: World) => string[]

const at = (document: Document, piece: Piece, message: string) => `${document.path}:${piece.line} ${message}`

/** Folders that a path may be given from: the root, the document's own, and the server's sources. */
const sources = 'server/src/'
const placeholder = /[<>{}*…]|NNNN/
const pathShape = /^\.{0,2}[\w@.<>{}*…-]+(?:\/[\w@.<>{}*…-]+)*\/?$/
const fileName = /[\w>}*]\.(?:ts|tsx|json|md|sql|yml|css|html|svg|png|bash)$/

/**
 * A span of code is a path when it has a slash and begins with an entry of the root or of the server's sources, or
 * when it ends like a file of ours. What follows a placeholder (`<name>`, `NNNN`, `*`, `…`) is not looked for.
 */
export const pathsExist: DocumentRule = (documents, { tree }) => {
  const firsts = new Set([...tree].map((entry) => entry.replace(sources, '').split('/')[0] ?? ''))
  return documents.flatMap((document) =>
    document.spans.flatMap((span) => {
      const { text } = span
      const known = text.includes('/') && firsts.has(text.split('/')[0] ?? '')
      if (!pathShape.test(text) || !(known || fileName.test(text))) return []
      const parts = text.split('/')
      const open = parts.findIndex((part) => placeholder.test(part))
      const wanted = open === -1 ? text : `${parts.slice(0, open).join('/')}/`
      if (wanted === '/') return []
      const folders = ['', sources, `${path.posix.dirname(document.path)}/`]
      const found = folders.some((folder) => {
        const full = path.posix.join(folder, wanted)
        return tree.has(full) || (!full.endsWith('/') && tree.has(`${full}/`))
      })
      // The name of a file alone may stand for one that each module has.
      const room = !text.includes('/') && [...tree].some((entry) => entry.endsWith(`/${text}`))
      return found || room ? [] : [at(document, span, `there is no ${text}`)]
    }),
  )
}

/** Links within the repository lead to a file, and to a heading of it where they say so. */
export const linksResolve: DocumentRule = (documents, { tree }) => {
  const byPath = new Map(documents.map((document) => [document.path, document]))
  return documents.flatMap((document) =>
    document.links.flatMap((link) => {
      if (/^[a-z][a-z0-9+.-]*:/i.test(link.text)) return []
      const [file = '', anchor] = link.text.split('#')
      const target = file === '' ? document.path : path.posix.join(path.posix.dirname(document.path), file)
      if (!byPath.has(target) && !tree.has(target) && !tree.has(`${target.replace(/\/$/, '')}/`)) {
        return [at(document, link, `the link ${link.text} leads nowhere`)]
      }
      const lost = anchor !== undefined && !byPath.get(target)?.anchors.has(anchor)
      return lost ? [at(document, link, `${target} has no heading #${anchor}`)] : []
    }),
  )
}

const settingShape = /\b(?:FREEHOLD|DATABASE|REDIS|S3|OPENROUTER|OPENAI|OLLAMA|OTEL)_[A-Z0-9_]*[A-Z0-9*]/g

/** What is said of a script, a command or a setting is said of one that exists. */
export const commandsExist: DocumentRule = (documents, { scripts, commands, settings }) =>
  documents.flatMap((document) =>
    linesOf(document).flatMap((line) => [
      ...[...line.text.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)].flatMap((match) => {
        const name = match[1] ?? match[2] ?? ''
        return scripts.has(name) ? [] : [at(document, line, `there is no script ${name}`)]
      }),
      ...[...line.text.matchAll(/\bnpm run freehold -- ([a-z]+)/g)].flatMap(([, name = '']) =>
        commands.has(name) ? [] : [at(document, line, `freehold has no command ${name}`)],
      ),
      ...[...line.text.matchAll(settingShape)].flatMap(([name]) => {
        const found = [...settings].some((setting) =>
          name.endsWith('*') ? setting.startsWith(name.slice(0, -1)) : setting === name,
        )
        return found ? [] : [at(document, line, `there is no setting ${name}`)]
      }),
    ]),
  )

const methods = 'GET|POST|PUT|PATCH|DELETE'

/** Operations that are named exist, and so do the addresses that are called. */
export const operationsExist: DocumentRule = (documents, { operations }) => {
  const paths = new Set([...operations].map((operation) => operation.split(' ')[1]))
  const normal = (url: string) =>
    url
      .replaceAll(/\{\w+\}/g, '{}')
      .replace(/[?#].*$/, '')
      .replace(/\/$/, '')
  return documents.flatMap((document) =>
    linesOf(document).flatMap((line) => [
      ...[...line.text.matchAll(new RegExp(`\\b(${methods}) (/(?:api/)?v1/[\\w{}/.-]*[\\w}])`, 'g'))].flatMap(
        ([text, method, url = '']) =>
          operations.has(`${method} ${normal(url)}`) ? [] : [at(document, line, `there is no ${text}`)],
      ),
      ...[...line.text.matchAll(/localhost:3000(\/[\w{}/.-]*)/g)].flatMap(([, url = '']) =>
        // The base URL of the SDKs is no operation of its own.
        normal(url) === '' || normal(url) === '/v1' || paths.has(normal(url))
          ? []
          : [at(document, line, `nothing answers ${url}`)],
      ),
    ]),
  )
}

/** A document that nothing leads to is not read. A folder's own README is found by who opens the folder. */
export const documentsAreReached: DocumentRule = (documents) => {
  const byPath = new Map(documents.map((document) => [document.path, document]))
  const reached = new Set<string>()
  const follow = (file: string): void => {
    const document = byPath.get(file)
    if (!document || reached.has(file)) return
    reached.add(file)
    for (const { text } of document.links) {
      const target = path.posix.join(path.posix.dirname(file), text.split('#')[0] ?? '')
      follow(target)
      follow(path.posix.join(target, 'README.md'))
    }
  }
  follow('README.md')
  return documents
    .filter(({ path: file }) => file.startsWith('docs/') && !reached.has(file))
    .map((document) => `${document.path}:1 no document leads here from README.md`)
}

const mostLines = 60

/** `docs/decisions/NNNN-title.md`: numbered without a gap, one page, the three parts. */
export const decisionsHaveTheirShape: DocumentRule = (documents) =>
  documents
    .filter((document) => document.path.startsWith('docs/decisions/'))
    .flatMap((document, index) => {
      const number = String(index + 1).padStart(4, '0')
      const problems: string[] = []
      if (!new RegExp(`^docs/decisions/${number}-[a-z0-9-]+\\.md$`).test(document.path)) {
        problems.push(`is not named ${number}-title.md`)
      }
      const [title = '', ...parts] = document.headings
      if (!title.startsWith(`${number} `)) problems.push(`its title does not begin with ${number}`)
      if (parts.join(', ') !== 'Context, Decision, What it costs')
        problems.push('lacks a part, or has another')
      // A list is read by looking up, so its length is no matter.
      const lines = document.source
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('- `')).length
      if (lines > mostLines) problems.push(`has ${lines} lines, more than a page`)
      return problems.map((problem) => `${document.path}:1 ${problem}`)
    })

/** Each with what is wrong about it: the project speaks of itself, to whoever runs it. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [
    /registry\.npmjs\.org|npmjs\.com|registry\.yarnpkg\.com|pypi\.org|crates\.io|proxy\.golang\.org/i,
    'a registry’s host',
  ],
  [/\b(?:docker\.io|ghcr\.io|quay\.io|gcr\.io)\b/i, 'a registry’s host'],
  [/(?<![\w.-])\/(?:work|tmp|root|home|Users)\//, 'a path of somebody’s machine'],
  [/\bissue #/i, 'an issue'],
]

export const wordsAreOurs: DocumentRule = (documents) =>
  documents.flatMap((document) =>
    linesOf(document).flatMap((line) =>
      forbidden.flatMap(([pattern, what]) =>
        pattern.test(line.text) ? [at(document, line, `names ${what}`)] : [],
      ),
    ),
  )

/** The tree in the architecture: every entry exists, and every module and part of the platform is in it. */
export const treeIsTrue: DocumentRule = (documents, { tree }) => {
  const architecture = documents.find((document) => document.path === 'docs/ARCHITECTURE.md')
  const block = architecture?.blocks.find(({ language }) => language === 'tree')
  if (!architecture || !block) return ['docs/ARCHITECTURE.md:1 has no tree']
  const named = new Set<string>()
  const folders: string[] = []
  const problems = block.text.split('\n').flatMap((line, index) => {
    const [, indent = '', name = ''] = /^( *)(\S+)/.exec(line) ?? []
    folders.splice(indent.length / 2, folders.length, name)
    const full = folders.join('')
    named.add(full)
    const place = { text: line, line: block.line + 1 + index }
    return tree.has(full) ? [] : [at(architecture, place, `there is no ${full}`)]
  })
  const wanted = [...tree].filter((entry) => /^server\/src\/(?:modules|platform)\/[^/]+\/$/.test(entry))
  const absent = wanted.filter(
    (entry) => !named.has(entry) && [...tree].some((file) => file.startsWith(entry) && !file.endsWith('/')),
  )
  return [...problems, ...absent.map((entry) => at(architecture, block, `the tree lacks ${entry}`))]
}

function linesOf(document: Document): Piece[] {
  return document.source.split('\n').map((text, index) => ({ text, line: index + 1 }))
}
