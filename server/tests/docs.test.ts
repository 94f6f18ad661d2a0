import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import dashboardManifest from '../../dashboard/package.json' with { type: 'json' }
import manifest from '../../package.json' with { type: 'json' }
import sdkManifest from '../../sdk/package.json' with { type: 'json' }
import serverManifest from '../package.json' with { type: 'json' }
import { describeConfig, parseConfig, settingNames } from '../src/platform/config.ts'
import * as rules from './support/documents/document-rules.ts'
import { listTree, parseDocument, readDocuments, root } from './support/documents/read-documents.ts'

const tree = await listTree()
const documents = await readDocuments(tree)
const commandLine = await readFile(path.join(root, 'server/src/app/cli.ts'), 'utf8')
// Generated from the routes, and checked against them by another test.
const api = JSON.parse(await readFile(path.join(root, 'sdk/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, unknown>>
}

/** What is set for the tests and their servers, and is no setting of the program. */
const otherSettings = ['FREEHOLD_TEST_DATABASE', 'FREEHOLD_API_KEY']
/** Pages, which are no operations of the API. */
const pages = ['GET /docs', 'GET /openapi.json']

const world: rules.World = {
  tree,
  scripts: new Set(Object.keys(manifest.scripts)),
  commands: new Set([...commandLine.matchAll(/\.command\('(\w+)'\)/g)].map((match) => match[1] ?? '')),
  settings: new Set([...settingNames, ...otherSettings]),
  operations: new Set([
    ...pages,
    ...Object.entries(api.paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${url.replaceAll(/\{\w+\}/g, '{}')}`),
    ),
  ]),
}

/** A rule as it holds for the documents, the breaches it must find when they are planted, and what it must let pass. */
function guard(
  name: string,
  rule: rules.DocumentRule,
  planted: Readonly<Record<string, string>>,
  fine: Readonly<Record<string, string>> = {},
) {
  describe(name, () => {
    test('holds', () => {
      expect(rule(documents, world)).toEqual([])
    })
    test.each(Object.entries(planted))('finds the breach planted in %s', (file, source) => {
      const others = documents.filter((document) => document.path !== file)
      const found = rule([...others, parseDocument(file, source)], world)
      expect(found.map((one) => one.split(':')[0])).toContain(file)
    })
    test.each(Object.entries(fine))('lets %s pass', (file, source) => {
      expect(rule([parseDocument(file, source)], world)).toEqual([])
    })
  })
}

test('the documents are read', () => {
  const files = documents.map((document) => document.path)
  expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/ARCHITECTURE.md', 'SECURITY.md']))
  expect(documents.flatMap((document) => document.spans).length).toBeGreaterThan(200)
  expect(world.commands).toContain('migrate')
  expect(world.operations).toContain('POST /api/v1/messages')
})

guard(
  'paths exist',
  rules.pathsExist,
  {
    'docs/one.md': 'See `server/src/app/servers.ts`.',
    'docs/two.md': 'See `modules/ledger/actions/`, `modules/ledgers/`.',
    'docs/three.md': 'See `platform/db/transaction.ts`.',
    'docs/four.md': 'See `writing-things.ts`.',
    'docs/five.md': 'See `docs/decision/NNNN-title.md`.',
  },
  {
    'docs/fine.md':
      'See `server/src/app/server.ts`, `platform/http`, `contract.ts`, `docs/decisions/NNNN-title.md`, `README.md`, ' +
      '`application/json`, `openai/gpt-4o-mini`, `actions/`, `POST /api/v1/messages`, `/health/live`.',
  },
)

guard(
  'links resolve',
  rules.linksResolve,
  {
    'docs/one.md': '[there](nowhere.md)',
    'docs/two.md': '[there](ARCHITECTURE.md#no-such-heading)',
    'docs/three.md': '<img src="images/nothing.png">',
    'docs/four.md': '# Here\n\n[there](#where)',
    'docs/five.md': '[there][gone]\n\n[gone]: ../gone.md',
  },
  {
    'docs/fine.md':
      '# Here, and *there*!\n\n## Twice\n\n## Twice\n\n[a](#here-and-there) [b](#twice-1) [c](ARCHITECTURE.md) [d](https://example.com/x) [e](runbooks/)',
  },
)

guard(
  'scripts, commands and settings exist',
  rules.commandsExist,
  {
    'docs/one.md': 'Use `npm run everything`.',
    'docs/two.md': '```sh\nnpm run freehold -- doctor\n```',
    'docs/three.md': 'Set `FREEHOLD_DATA_FOLDER`.',
    'docs/four.md': '`DATABASE_URI`',
  },
  { 'docs/fine.md': '`npm run -s freehold -- config`, `npm ci && npm test`, `FREEHOLD_DATA_DIR`, `S3_*`' },
)

guard(
  'operations exist',
  rules.operationsExist,
  {
    'docs/one.md': '`POST /api/v1/message`',
    'docs/two.md': '`PUT /api/v1/messages`',
    'docs/three.md': '```sh\ncurl http://localhost:3000/v1/chat/completion\n```',
  },
  {
    'docs/fine.md':
      '`GET /api/v1/messages/{id}/stream?offset=3`, http://localhost:3000/docs, `http://localhost:3000/v1`',
  },
)

guard('every document is reached from the README', rules.documentsAreReached, {
  'docs/alone.md': '# Nobody leads here',
})

guard('decisions have their shape', rules.decisionsHaveTheirShape, {
  'docs/decisions/0099-later.md': '# 0099 Later\n\n## Context\n\n## Decision\n\n## What it costs\n',
})

test('a decision without its cost, or longer than a page, is found', () => {
  const parts = ['## Context', '## Decision', '## What it costs']
  const record = (lines: readonly string[]) => [
    parseDocument('docs/decisions/0001-a.md', ['# 0001 A', ...lines].join('\n\n')),
  ]
  expect(rules.decisionsHaveTheirShape(record(parts), world)).toEqual([])
  expect(rules.decisionsHaveTheirShape(record(parts.slice(0, 2)), world)).toHaveLength(1)
  expect(rules.decisionsHaveTheirShape(record([...parts, ...Array(60).fill('Words.')]), world)).toHaveLength(
    1,
  )
})

guard(
  'documents speak of the project alone',
  rules.wordsAreOurs,
  {
    // Put together here, because this file keeps the rule too.
    'docs/one.md': `It is on ${['registry', 'npmjs', 'org'].join('.')}.`,
    'docs/two.md': 'Look under /home/ada/freehold.',
    'docs/three.md': `Asked for in issue #${12}.`,
    'docs/four.md': '```sh\ncd /root/freehold\n```',
  },
  { 'docs/fine.md': 'The network of `docs/`, an issue of keys, `/api/v1/work`, `~/freehold-master.key`.' },
)

describe('the tree of the architecture', () => {
  test('is true', () => {
    expect(rules.treeIsTrue(documents, world)).toEqual([])
  })
  test.each([
    ['an entry that is gone', 'server/\n  src/\n    nothing/   gone\n', 'there is no server/src/nothing/'],
    ['a module that is absent', 'server/   all of it\n', 'the tree lacks server/src/modules/ledger/'],
  ])('finds %s', (_name, text, problem) => {
    const planted = parseDocument('docs/ARCHITECTURE.md', `\`\`\`tree\n${text}\`\`\`\n`)
    expect(rules.treeIsTrue([planted], world).join('\n')).toContain(problem)
  })
})

test('pictures in documents are PNG files with something in them', async () => {
  const pictures = documents.flatMap((document) =>
    document.links
      .filter((link) => link.text.endsWith('.png'))
      .map((link) => path.join(root, path.dirname(document.path), link.text)),
  )
  expect(pictures.length).toBeGreaterThan(1)
  for (const picture of pictures) {
    const bytes = await readFile(picture)
    expect(bytes.subarray(1, 4).toString(), picture).toBe('PNG')
  }
})

test('the settings of the README are those of the program, with their defaults', () => {
  const readme = documents.find((document) => document.path === 'README.md')?.source ?? ''
  const table = [...readme.matchAll(/^\| `([A-Z0-9_]+)` \| (?:`(.*?)`)? ?\| (.*?) \|$/gm)].map((row) =>
    row.slice(1),
  )
  const settings = describeConfig(parseConfig({})).map(({ name, value, about }) => [
    name,
    value === '(not set)' ? undefined : value,
    about,
  ])
  expect(table).toEqual(settings)
})

test('the record of dependencies names each one, and no other', () => {
  const record =
    documents.find((document) => document.path === 'docs/decisions/0012-dependencies.md')?.source ?? ''
  // The names stand before the colon; what comes after may name others.
  const listed = [...record.matchAll(/^- (`.*?): /gm)].flatMap((line) =>
    [...(line[1] ?? '').matchAll(/`([^`]+)`/g)].map((name) => name[1]),
  )
  const declared = [
    ...Object.keys(serverManifest.dependencies),
    ...Object.keys(manifest.optionalDependencies),
    ...Object.keys(dashboardManifest.dependencies),
    ...Object.keys(sdkManifest.dependencies),
  ]
  expect([...new Set(listed)].sort()).toEqual([...new Set(declared)].sort())
})

test('the reasons for looking across organizations are those of the program', async () => {
  const architecture = documents.find((document) => document.path === 'docs/ARCHITECTURE.md')?.source ?? ''
  const listed = [...architecture.matchAll(/^\| `([a-z-]+)` \|/gm)].map((row) => row[1])
  const source = await readFile(path.join(root, 'server/src/platform/db/transactions.ts'), 'utf8')
  const declared = new Set([...source.matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map((match) => match[1]))
  expect(listed.length).toBeGreaterThan(5)
  expect(listed.filter((reason) => !declared.has(reason))).toEqual([])
})
