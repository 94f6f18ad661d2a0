import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { type ServerProcess, startServerProcess } from '../examples/demo/server-process.ts'

/** What a server runs on: an empty folder, and an empty database where it is served. Gone after the measurement. */
export interface Deployment {
  readonly kind: DeploymentKind
  readonly settings: Readonly<Record<string, string>>
}
export type DeploymentKind = 'embedded' | 'postgres'

/** Embedded always; PostgreSQL and Valkey when DATABASE_URL and REDIS_URL name them. */
export function deploymentKinds(): DeploymentKind[] {
  return process.env.DATABASE_URL && process.env.REDIS_URL ? ['embedded', 'postgres'] : ['embedded']
}

/** Runs `measure` on a new deployment and removes it afterwards, whatever happens. */
export async function withDeployment<T>(
  kind: DeploymentKind,
  measure: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-bench-'))
  const settings = {
    FREEHOLD_DATA_DIR: path.join(folder, 'data'),
    // Empty too: the first start of a newcomer has nothing compiled yet.
    NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
  }
  try {
    if (kind === 'embedded') return await measure({ kind, settings })
    return await withDatabase((databaseSettings) =>
      measure({ kind, settings: { ...settings, ...databaseSettings } }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** Starts a server on the deployment, and stops it when `measure` is done. */
export async function withServer<T>(
  deployment: Deployment,
  measure: (server: { url: string; readyMs: number; pid: number }) => Promise<T>,
): Promise<T> {
  const server = startServerProcess({
    // A measurement is one organization that asks as fast as it can.
    FREEHOLD_REQUESTS_PER_MINUTE: '10000000',
    ...deployment.settings,
    FREEHOLD_LOG_LEVEL: 'info',
  })
  running.add(server)
  try {
    return await measure({ ...(await server.ready), pid: server.pid })
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : error}\n${server.logLines().slice(-20).join('\n')}`,
      {
        cause: error,
      },
    )
  } finally {
    await server.stop()
    running.delete(server)
  }
}

const running = new Set<ServerProcess>()

/** For the moment before this process ends early. */
export function killRunningServers(): void {
  for (const server of running) server.kill()
}

async function withDatabase<T>(measure: (settings: Record<string, string>) => Promise<T>): Promise<T> {
  const { DATABASE_URL = '', REDIS_URL = '' } = process.env
  const name = `freehold_bench_${randomUUID().slice(0, 8)}`
  const url = new URL(DATABASE_URL)
  url.pathname = `/${name}`
  await administer(DATABASE_URL, `create database ${name}`)
  try {
    return await measure({
      DATABASE_URL: url.href,
      REDIS_URL,
      FREEHOLD_MASTER_KEY: randomBytes(32).toString('base64'),
    })
  } finally {
    await administer(DATABASE_URL, `drop database ${name} with (force)`)
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
