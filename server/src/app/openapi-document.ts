import { randomBytes } from 'node:crypto'
import { systemClock } from '../platform/clock.ts'
import { parseConfig } from '../platform/config.ts'
import type { Database } from '../platform/db/database.ts'
import { openApiInfo } from '../platform/http/openapi.ts'
import { createLogger } from '../platform/telemetry/index.ts'
import { composeModules } from './modules.ts'
import { openPlatform } from './open-platform.ts'
import { buildApp } from './server.ts'
import { version } from './version.ts'

/** The OpenAPI document of this program, made without a database: composing the modules opens nothing. */
export async function openApiDocument(): Promise<Record<string, unknown>> {
  const platform = await openPlatform({
    config: parseConfig({ FREEHOLD_MASTER_KEY: randomBytes(32).toString('base64') }),
    clock: systemClock,
    logger: createLogger({ level: 'silent', format: 'json' }),
    database: closedDatabase,
    publicUrl: () => 'http://localhost:3000',
  })
  const { modules } = composeModules(platform)
  const app = buildApp(platform, modules, new AbortController().signal)
  return { ...app.getOpenAPI31Document(openApiInfo(version, platform.publicUrl())) }
}

const refuse = () => Promise.reject(new Error('There is no database while the API is only described.'))

const closedDatabase: Database = {
  kind: 'pglite',
  get drizzle(): never {
    throw new Error('There is no database while the API is only described.')
  },
  transaction: refuse,
  query: refuse,
  execute: refuse,
  listen: refuse,
  close: async () => {},
}
