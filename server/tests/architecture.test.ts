import { describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import * as content from './support/architecture/content-rules.ts'
import * as imports from './support/architecture/import-rules.ts'
import * as places from './support/architecture/place-rules.ts'
import {
  type Breach,
  type Rule,
  readModuleOrder,
  readSources,
  type SourceFile,
} from './support/architecture/source-file.ts'

const sources = await readSources()
/** Read, not imported: a program that does not load must not hide what is wrong with its shape. */
const moduleOrder = readModuleOrder(sources)
const show = (breaches: readonly Breach[]) => breaches.map((one) => `${one.path}:${one.line} ${one.message}`)

/** A rule as it holds for the sources, and the breaches it must find when they are planted. */
function guard(
  name: string,
  rule: Rule,
  planted: Readonly<Record<string, string>>,
  fine: Readonly<Record<string, string>> = {},
) {
  describe(name, () => {
    test('holds', () => {
      expect(show(rule(sources))).toEqual([])
    })
    test.each(Object.entries(planted))('finds the breach planted in %s', (path, source) => {
      const found = rule([...filesOf(fine), { path, source }])
      expect(found.map((one) => one.path)).toContain(path.replace(/\/module-without-manifest\.ts$/, ''))
    })
    test.runIf(Object.keys(fine).length > 0)('lets pass what keeps it', () => {
      expect(show(rule(filesOf(fine)))).toEqual([])
    })
  })
}

function filesOf(sources: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(sources).map(([path, source]) => ({ path, source }))
}

guard(
  'dependencies point down: app, modules, platform',
  imports.layersPointDown,
  {
    'platform/http/a.ts': `import { createIdentity } from '../../modules/identity/index.ts'`,
    'platform/db/b.ts': `export * from '../../app/version.ts'`,
    'modules/ledger/c.ts': `const late = await import('../../app/server.ts')`,
    'modules/ledger/d.ts': `import type { RunningServer } from '../../app/server.ts'`,
    'modules/ledger/e.ts': `import { createTestClock } from '../../testing/test-clock.ts'`,
    'app/f.ts': `export { createTestApp } from '../testing/test-app.ts'`,
    'platform/cache/h.ts': `import { cacheSuite } from './cache.suite.ts'`,
    'platform/cache/i.ts': `fork(new URL('./killed.fixture.ts', import.meta.url))`,
    'platform/cache/g.ts': `new Worker(new URL('../../modules/knowledge/worker.ts', import.meta.url))`,
  },
  {
    'app/server.ts': `import { ledgerModule } from '../modules/ledger/module.ts'`,
    'modules/ledger/store.ts': `import { newId } from '../../platform/ids.ts'\n// import '../../app/server.ts'`,
    'modules/ledger/store.test.ts': `import { createTestApp } from '../../testing/test-app.ts'`,
  },
)

guard(
  'a module is entered through its index.ts',
  imports.modulesHaveOneDoor,
  {
    'modules/budgets/a.ts': `import { listDailyUsage } from '../ledger/store.ts'`,
    'modules/budgets/b.ts': `import type { UsageRow } from '../ledger/actions/record-usage.ts'`,
    'modules/budgets/c.ts': `export { ledgerModule } from '../ledger/module.ts'`,
    'modules/budgets/store.ts': `import { usageRecords } from '../ledger/tables.ts'`,
    'app/d.ts': `import { insertUsage } from '../modules/ledger/store.ts'`,
    'modules/budgets/e.ts': `const { store } = await import("../ledger/store.ts")`,
  },
  {
    'modules/budgets/routes.ts': `import { spentSince } from '../ledger/index.ts'\nimport { find } from './store.ts'`,
    'modules/budgets/tables.ts': `import { usageRecords } from '../ledger/tables.ts'`,
    'app/modules.ts': `import { ledgerModule } from '../modules/ledger/module.ts'\nimport { a } from '../modules/ledger/index.ts'`,
  },
)

guard(
  'a module calls only modules that stand before it',
  imports.modulesKeepOrder(moduleOrder),
  {
    'modules/ledger/a.ts': `import { authorizeSpend } from '../budgets/index.ts'`,
    'modules/identity/tables.ts': `import { organizations } from '../organizations/tables.ts'`,
    'modules/budgets/b.ts': `import type { Gateway } from '../gateway/index.ts'`,
  },
  {
    'modules/gateway/a.ts': `import { authorizeSpend } from '../budgets/index.ts'`,
  },
)

test('a module that is not in moduleOrder is found', () => {
  const found = imports.modulesKeepOrder(moduleOrder)([{ path: 'modules/surprise/index.ts', source: '' }])
  expect(found.map((one) => one.path)).toEqual(['modules/surprise'])
})

guard('manifests are opened by app/ alone', imports.manifestsAreForApp, {
  'modules/ledger/routes.ts': `import { ledgerModule } from './module.ts'`,
  'modules/ledger/actions/a.ts': `import { spentSince } from '../index.ts'`,
})

guard(
  'contracts can be loaded by a browser',
  imports.contractsAreForBrowsers,
  {
    'modules/ledger/contract.ts': `import { createHash } from 'node:crypto'`,
    'modules/budgets/contract.ts': `import { budgets } from './tables.ts'`,
  },
  {
    'modules/gateway/contract.ts': `import { z } from '@hono/zod-openapi'\nimport type { Row } from './tables.ts'`,
  },
)

guard(
  'rules import nothing that reads or writes',
  imports.rulesImportNoIo,
  {
    'modules/ledger/rules/a.ts': `import { readFile } from 'node:fs/promises'`,
    'modules/ledger/rules/b.ts': `import { connect } from 'node:net'`,
    'modules/ledger/rules/c.ts': `import { request } from 'undici'`,
    'modules/ledger/rules/d.ts': `import { eq } from 'drizzle-orm'`,
    'modules/ledger/rules/e.ts': `import { withTenant } from '../../../platform/db/transactions.ts'`,
    'modules/ledger/rules/f.ts': `import type { TenantTx } from '../../../platform/db/types.ts'`,
    'modules/ledger/rules/g.ts': `import { listUsage } from '../store.ts'`,
    'modules/ledger/rules/h.ts': `import { newId } from '../../../platform/ids.ts'`,
  },
  {
    'modules/ledger/rules/fine.ts': `import { parseUsd } from '../../../platform/money.ts'
      import type { UsageRow } from '../store.ts'
      import { other } from './other.ts'`,
  },
)

guard(
  'rules have no clock, no chance and no environment',
  content.rulesArePure,
  {
    'modules/ledger/rules/a.ts': `export const today = () => new Date()`,
    'modules/ledger/rules/b.ts': `export const now = () => Date.now()`,
    'modules/ledger/rules/c.ts': `export const pick = () => Math.random()`,
    'modules/ledger/rules/d.ts': `export const home = () => \`\${process.env.HOME}\``,
  },
  {
    'modules/ledger/rules/fine.ts': `// new Date() is passed in\nexport const at = (ms: number) => new Date(ms)\nconst word = 'Date.now()'`,
  },
)

guard(
  'time comes from the clock',
  content.timeComesFromTheClock,
  {
    'modules/ledger/store.ts': `const now = new Date()`,
    'platform/http/a.ts': `const startedAt = Date.now()`,
  },
  { 'platform/clock.ts': `export const systemClock = { now: () => new Date() }` },
)

guard(
  'the environment is read at the entry',
  content.environmentIsReadAtTheEntry,
  {
    'platform/config.ts': `const port = process.env.PORT`,
    'modules/ledger/a.ts': `const { HOME } = process['env']`,
    'modules/ledger/b.ts': `import { env } from 'node:process'`,
  },
  {
    'app/cli.ts': `parse(process.env)`,
    'testing/a.ts': `process.env.X`,
    'modules/ledger/a.test.ts': `process.env.X`,
  },
)

guard('nothing has a default export', content.noDefaultExports, {
  'modules/ledger/a.ts': `export default function record() {}`,
})

guard(
  'loading a file does nothing',
  content.importsDoNothing,
  {
    'platform/a.ts': `const page = readFileSync('index.html', 'utf8')`,
    'platform/b.ts': `export const pool = new Pool({ max: 10 })`,
    'modules/ledger/c.ts': `const models = await loadModels()`,
  },
  {
    'platform/fine.ts': `export const open = async () => await connect()
      export function read() { return readFileSync('a') }
      export async function late() { await open() }`,
    'modules/knowledge/adapters/a-worker.ts': `await serve()`,
  },
)

guard(
  'nothing takes a Scope and a Caller',
  content.nothingTakesScopeAndCaller,
  { 'modules/ledger/a.ts': `export async function record(scope: Scope, caller: Caller): Promise<void> {}` },
  {
    'modules/ledger/fine.ts': `withTenant(platform, caller, (scope: Scope) => find(scope.tx))\nfunction a(caller: Caller) {}`,
  },
)

guard(
  'outbound traffic passes the guard',
  imports.networkIsGuarded,
  {
    'modules/integrations/a.ts': `import { request } from 'undici'`,
    'modules/integrations/b.ts': `const answer = await fetch(url)`,
    'modules/integrations/c.ts': `const https = await import('node:https')`,
    'modules/integrations/d.ts': `await globalThis.fetch(url)`,
  },
  {
    'modules/integrations/fine.ts': `import type { Dispatcher } from 'undici'\nconst answer = await platform.fetch(url)`,
  },
)

guard(
  'production code uses declared dependencies',
  imports.packagesAreDeclared(Object.keys(manifest.dependencies)),
  {
    'modules/ledger/a.ts': `import { chromium } from 'playwright-core'`,
    'platform/b.ts': `import { test } from 'vitest'`,
    'platform/c.ts': `import lodash from 'lodash/fp'`,
  },
  {
    'platform/fine.ts': `import { PGlite } from '@electric-sql/pglite/live'\nimport { z } from 'zod'\nimport path from 'node:path'`,
  },
)

guard(
  'no file loads itself through others',
  imports.noImportCycles,
  { 'modules/ledger/a.ts': `import { b } from './a.ts'` },
  {
    'modules/ledger/b.ts': `import { c } from './c.ts'`,
    'modules/ledger/c.ts': `export const open = () => import('./b.ts')\nimport type { B } from './b.ts'`,
  },
)

test('a ring of files is found wherever it is entered', () => {
  const ring = filesOf({
    'modules/ledger/a.ts': `import { b } from './b.ts'`,
    'modules/ledger/b.ts': `import { c } from './c.ts'`,
    'modules/ledger/c.ts': `export { b } from './b.ts'`,
  })
  expect(show(imports.noImportCycles(ring))).toEqual([
    'modules/ledger/b.ts:1 imports itself: modules/ledger/b.ts → modules/ledger/c.ts → modules/ledger/b.ts',
  ])
})

guard('a module has the known rooms', places.roomsAreKnown, {
  'modules/ledger/services/a.ts': '',
  'modules/ledger/rules/prices/a.ts': '',
  'modules/loose.ts': '',
  'features/a.ts': '',
  'main.ts': '',
})

guard('a module has its manifest', places.modulesHaveManifests, {
  'modules/ledger/module-without-manifest.ts': '',
})

guard('names are kebab-case', places.namesAreKebabCase, {
  'modules/ledger/recordUsage.ts': '',
  'platform/HTTP/route.ts': '',
  'platform/record_usage.test.ts': '',
})

guard(
  'names say what is inside',
  places.namesSaySomething,
  {
    'modules/ledger/ledger-utils.ts': '',
    'platform/helpers/date.ts': '',
    'modules/ledger/session-manager.ts': '',
    'platform/common.ts': '',
    'modules/ledger/base-store.ts': '',
  },
  { 'modules/ledger/database-based.ts': '', 'platform/commonplace.ts': '' },
)

guard(
  'types carry no prefix',
  places.typesHaveNoPrefix,
  { 'platform/a.ts': 'export interface IClock { now(): Date }', 'platform/b.ts': 'type TRow = unknown' },
  { 'platform/fine.ts': 'export interface Issue {}\ntype Token = string\ntype IP = string' },
)

guard('files are short', places.filesAreShort, { 'modules/ledger/a.ts': 'line\n'.repeat(501) })

guard(
  'an action is named for its verb',
  places.actionsAreNamedForTheirVerb,
  { 'modules/ledger/actions/record-usage.ts': 'export async function write() {}\nfunction recordUsage() {}' },
  {
    'modules/ledger/actions/set-budget.ts': 'export async function setBudget() {}',
    'modules/ledger/actions/remove-budget.ts': 'export const removeBudget = () => {}',
  },
)
