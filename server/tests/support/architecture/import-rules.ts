import {
  type Breach,
  isTest,
  moduleOf,
  production,
  type Rule,
  roomOf,
  type SourceFile,
  scan,
} from './source-file.ts'

const layers = ['platform', 'modules', 'app']
const layerOf = (filePath: string) => layers.indexOf(filePath.split('/')[0] ?? '')

/** Goes over every import of production code that stays inside `server/src`. */
function checkImports(
  files: readonly SourceFile[],
  check: (from: string, target: string, kind: string) => string | undefined,
): Breach[] {
  return production(files).flatMap((file) =>
    scan(file).edges.flatMap((edge) => {
      const message = edge.target === null ? undefined : check(file.path, edge.target, edge.kind)
      return message === undefined ? [] : [{ path: file.path, line: edge.line, message }]
    }),
  )
}

/** app → modules → platform, and nobody → what is for tests. */
export const layersPointDown: Rule = (files) =>
  checkImports(files, (from, target) => {
    if (isTest(target)) return `production code imports ${target}`
    if (layerOf(target) < 0) return `${target} stands in no layer`
    return layerOf(target) > layerOf(from) ? `${from.split('/')[0]} imports ${target} above it` : undefined
  })

/** Another module is reached through its door; `tables.ts` may name another's `tables.ts`; app also opens manifests. */
export const modulesHaveOneDoor: Rule = (files) =>
  checkImports(files, (from, target) => {
    const other = moduleOf(target)
    if (other === undefined || other === moduleOf(from)) return undefined
    const room = roomOf(target)
    if (room === 'index.ts') return undefined
    if (room === 'module.ts')
      return from.startsWith('app/') ? undefined : `the manifest ${target} is for app/ alone`
    if (room === 'tables.ts') {
      return roomOf(from) === 'tables.ts'
        ? undefined
        : `${target} may be named by another module's tables.ts alone`
    }
    return `${target} is inside ${other}; go through its index.ts`
  })

/** A module calls only modules that stand before it. */
export function modulesKeepOrder(order: readonly string[]): Rule {
  return (files) => {
    const strangers = new Set(
      files.flatMap((file) => moduleOf(file.path) ?? []).filter((name) => !order.includes(name)),
    )
    return [
      ...[...strangers].map((name) => ({
        path: `modules/${name}`,
        line: 1,
        message: 'is not in moduleOrder',
      })),
      ...checkImports(files, (from, target) => {
        const here = moduleOf(from)
        const there = moduleOf(target)
        if (here === undefined || there === undefined || here === there) return undefined
        return order.indexOf(there) < order.indexOf(here)
          ? undefined
          : `${here} imports ${there}, which stands after it`
      }),
    ]
  }
}

/** A module's own files do not import its manifest or go around through its door. */
export const manifestsAreForApp: Rule = (files) =>
  checkImports(files, (from, target) => {
    if (moduleOf(target) === undefined || moduleOf(target) !== moduleOf(from)) return undefined
    if (roomOf(target) === 'module.ts') return `the manifest ${target} is for app/ alone`
    return roomOf(target) === 'index.ts' ? `a module imports its own door ${target}` : undefined
  })

/** What a contract may import so that a browser can load it. */
const contractImports = [/^zod$/, /^@hono\/zod-openapi$/, /^ipaddr\.js$/]
const contractTargets = [
  /^platform\/http\/pagination\.ts$/,
  /^platform\/http\/own-path\.ts$/,
  /^platform\/auth\/permissions\.ts$/,
  /\/contract\.ts$/,
  /\/rules\//,
]

export const contractsAreForBrowsers: Rule = (files) =>
  production(files)
    .filter((file) => roomOf(file.path) === 'contract.ts')
    .flatMap((file) =>
      scan(file)
        .edges.filter(({ kind, specifier, target }) => {
          if (kind === 'type') return false
          return target === null
            ? !contractImports.some((pattern) => pattern.test(specifier))
            : !contractTargets.some((pattern) => pattern.test(target))
        })
        .map(({ line, specifier }) => ({
          path: file.path,
          line,
          message: `a contract imports ${specifier}`,
        })),
    )

/** Platform code a rule may call: it decides and touches nothing. */
const pureTargets = new Set([
  'platform/money.ts',
  'platform/errors.ts',
  'platform/auth/permissions.ts',
  'platform/edit-distance.ts',
  'platform/csv.ts',
  'platform/place-of-text.ts',
])
const purePackages = new Set(['zod', '@hono/zod-openapi', 'ipaddr.js'])

/** `rules/` import rules, contracts and pure parts of the platform; types come from anywhere but the database. */
export const rulesImportNoIo: Rule = (files) =>
  production(files)
    .filter((file) => roomOf(file.path).startsWith('rules/'))
    .flatMap((file) =>
      scan(file)
        .edges.filter(({ kind, specifier, target }) => {
          if (kind === 'type') return target?.startsWith('platform/db/') ?? /^(drizzle|node:)/.test(specifier)
          if (target === null) return !purePackages.has(specifier)
          if (moduleOf(target) === moduleOf(file.path))
            return !/^(rules\/|contract\.ts|errors\.ts)/.test(roomOf(target))
          return !pureTargets.has(target) && roomOf(target) !== 'index.ts'
        })
        .map(({ line, specifier }) => ({ path: file.path, line, message: `a rule imports ${specifier}` })),
    )

/** Who may open connections to the outside, and why the guard of `platform/fetch` is not in between. */
const openConnections: Readonly<Record<string, string>> = {
  'platform/fetch/guarded-dispatcher.ts': 'the guard itself',
  'platform/fetch/guarded-fetch.ts': 'the guard itself',
  'platform/storage/s3-client.ts': 'the endpoint is configuration',
  'platform/cache/redis-connection.ts': 'the server is configuration',
  'platform/db/postgres-database.ts': 'the server is configuration',
  'modules/gateway/adapters/http/http-exchange.ts':
    'base URLs of providers are configuration; what an organization names is dialed by the guard',
  'modules/single-sign-on/adapters/domain-records.ts': 'asks name servers, which are configuration',
  'platform/mail/resend-mailer.ts': 'the service is configuration',
  'platform/http/http-server.ts': 'listens',
}
const networkPackages =
  /^(undici|ioredis|pg|ws|got|axios|node-fetch|node:(http|https|http2|net|tls|dgram|dns|dns\/promises))$/

/** Outbound traffic leaves through the guard. Types of these packages are free. */
export const networkIsGuarded: Rule = (files) =>
  production(files)
    .filter((file) => !(file.path in openConnections))
    .flatMap((file) => [
      ...scan(file)
        .edges.filter(({ kind, specifier }) => kind !== 'type' && networkPackages.test(specifier))
        .map(({ line, specifier }) => ({
          path: file.path,
          line,
          message: `imports ${specifier} beside the guard`,
        })),
      ...scan(file).tokens.flatMap((token, index, tokens) => {
        const called = token.kind === 'word' && token.text === 'fetch' && tokens[index + 1]?.text === '('
        const before = tokens[index - 1]?.text
        const own = before === '.' ? tokens[index - 2]?.text !== 'globalThis' : before === 'function'
        // `fetch(input: …)` inside an interface or object declares a method.
        const declares =
          tokens[index + 2]?.kind === 'word' && [':', '?'].includes(tokens[index + 3]?.text ?? '')
        return called && !own && !declares
          ? [{ path: file.path, line: token.line, message: 'calls the global fetch' }]
          : []
      }),
    ])

/** Production code imports packages that `dependencies` of server/package.json names, nothing a test brought along. */
export function packagesAreDeclared(dependencies: readonly string[]): Rule {
  return (files) =>
    production(files).flatMap((file) =>
      scan(file)
        .edges.filter(
          ({ specifier, kind }) => !/^(\.|node:)/.test(specifier) && kind !== 'file' && kind !== 'type',
        )
        .filter(({ specifier }) => !dependencies.includes(packageOf(specifier)))
        .map(({ line, specifier }) => ({
          path: file.path,
          line,
          message: `${specifier} is no dependency of the server`,
        })),
    )
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** No ring of files that load one another: what runs first would see the other half-made. */
export const noImportCycles: Rule = (files) => {
  const graph = new Map(
    production(files).map((file) => [
      file.path,
      scan(file)
        .edges.filter((edge) => edge.kind === 'static')
        .flatMap((edge) => edge.target ?? []),
    ]),
  )
  const breaches: Breach[] = []
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) {
      const ring = [...trail.slice(trail.indexOf(name)), name]
      breaches.push({ path: name, line: 1, message: `imports itself: ${ring.join(' → ')}` })
      return
    }
    if (done.has(name)) return
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name])
    done.add(name)
  }
  for (const name of graph.keys()) visit(name, [])
  return breaches
}
