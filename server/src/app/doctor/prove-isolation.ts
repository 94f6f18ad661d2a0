import { setTimeout } from 'node:timers/promises'
import { createNodeRegistry } from '../../platform/nodes/node-registry.ts'
import type { Platform } from '../../platform/platform.ts'
import { readCatalog } from './database/catalog.ts'
import { schemaHash } from './database/schema-hash.ts'
import { tenantTables } from './database/tenancy.ts'
import { openProofApp } from './http/proof-app.ts'
import { proveDatabase } from './prove-database.ts'
import { type HttpProof, proveHttp } from './prove-http.ts'
import { proveSchema } from './prove-schema.ts'
import { type CheckReport, type IsolationReport, overall } from './report.ts'
import { removeThrowAways, runsWithPeople } from './throw-away.ts'

/** After this a run that still counts as alive is. */
const longestBeatMs = 25_000

/**
 * Proves on a running installation that no organization reaches another. It changes nothing but for two organizations
 * that it makes and removes, also when it is interrupted; what an earlier run that was killed has left is removed too.
 * @throws when it cannot run to its end; then everything it made is removed first
 */
export async function proveIsolation(
  platform: Platform,
  options: { signal: AbortSignal; progress: (sentence: string) => void },
): Promise<IsolationReport> {
  const { signal, progress } = options
  const { database } = platform
  const leftoversRemoved = await removeThrowAways(platform, await runsUnderWay(platform, options))
  const startedAt = platform.clock.now()
  const began = performance.now()
  progress('reading the catalog')
  const catalog = await readCatalog((text) => database.query(text))
  const checks: CheckReport[] = proveSchema(catalog)
  progress('trying statements on every table')
  checks.push(...(await proveDatabase(database, catalog, signal)))
  progress('asking every operation as everybody')
  const app = await openProofApp(platform)
  let http: HttpProof
  let removed: IsolationReport['removed']
  try {
    http = await proveHttp(app, signal)
  } finally {
    removed = await app.close()
  }
  checks.push(...http.checks)
  const behind = tenantTables(catalog).length
  return {
    report: 'freehold isolation',
    format: 1,
    installation: platform.publicUrl(),
    version: platform.version,
    runId: app.runId,
    database: await describeDatabase(platform),
    schemaHash: schemaHash(catalog),
    migrations: (await database.query('select name from app.migrations order by name')).map((row) =>
      String(row.name),
    ),
    startedAt: startedAt.toISOString(),
    endedAt: platform.clock.now().toISOString(),
    durationMs: Math.round(performance.now() - began),
    counts: {
      tenantTables: behind,
      tablesOutside: catalog.tables.length - behind,
      policies: catalog.policies.length,
      statements: checks
        .filter((check) => check.area === 'database')
        .reduce((sum, check) => sum + check.tried.count, 0),
      operations: http.operations,
      requests: http.requests,
    },
    leftoversRemoved,
    removed,
    checks,
    verdict: overall(checks),
  }
}

/** A run that was killed counts as alive for twenty seconds more: who comes in them waits, so as to remove what it left. */
async function runsUnderWay(
  platform: Platform,
  { signal, progress }: { signal: AbortSignal; progress: (sentence: string) => void },
): Promise<string[]> {
  const { database } = platform
  // An embedded database has no other process.
  if (database.kind === 'pglite') return []
  const nodes = createNodeRegistry(platform, platform.nodeId)
  const others = async () => {
    const alive = new Set(await nodes.aliveNodeIds())
    return (await runsWithPeople(database)).filter((run) => alive.has(run))
  }
  if ((await others()).length > 0) progress('waiting for another run, which may have been killed')
  for (let waitedMs = 0; waitedMs < longestBeatMs; waitedMs += 1_000) {
    if ((await others()).length === 0) break
    await setTimeout(1_000, undefined, { signal })
  }
  return others()
}

async function describeDatabase({ database }: Platform): Promise<IsolationReport['database']> {
  const [row] = await database.query(
    `select split_part(version(), ' on ', 1) as version, current_database()::text as name, session_user::text as login,
       coalesce((select rolsuper or rolbypassrls from pg_roles where rolname = session_user), false) as bypasses`,
  )
  return {
    kind: database.kind === 'pglite' ? 'embedded' : 'served',
    version: String(row?.version),
    name: String(row?.name),
    loginRole: String(row?.login),
    loginBypassesPolicies: row?.bypasses === true,
  }
}
