import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../src/app/open-database.ts'
import { startServer } from '../src/app/server.ts'
import { parseConfig } from '../src/platform/config.ts'
import { createLogger } from '../src/platform/telemetry/index.ts'
import { createTestPostgres } from '../src/testing/postgres-template.ts'

const { DATABASE_URL, PGBOUNCER_URL } = process.env
const isThere = DATABASE_URL !== undefined && PGBOUNCER_URL !== undefined

test.skipIf(!isThere)(
  'a server behind PgBouncer in transaction mode signs people up, reads documents and answers (needs DATABASE_URL and PGBOUNCER_URL)',
  { timeout: 120_000 },
  async () => {
    const logged: string[] = []
    const logger = createLogger({ level: 'warn', format: 'json', write: (line) => void logged.push(line) })
    const served = await createTestPostgres(DATABASE_URL ?? '', logger)
    const pooled = new URL(PGBOUNCER_URL ?? '')
    pooled.pathname = new URL(served.url).pathname
    const folder = await mkdtemp(path.join(tmpdir(), 'freehold-test-'))
    const config = parseConfig({
      PORT: '0',
      DATABASE_URL: pooled.href,
      DATABASE_DIRECT_URL: served.url,
      FREEHOLD_DATA_DIR: folder,
      FREEHOLD_MASTER_KEY: randomBytes(32).toString('base64'),
      FREEHOLD_BREACHED_PASSWORDS_URL: 'off',
    })
    const server = await startServer(config, logger, await openDatabase(config, logger, undefined))
    try {
      const signedUp = await fetch(`${server.url}/api/v1/auth/signup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          email: 'ada@example.com',
          password: 'correct horse battery',
          name: 'Ada',
          organizationName: 'Acme',
        }),
      })
      expect(signedUp.status).toBe(201)
      // The contract of signing up.
      const { accessToken } = (await signedUp.json()) as { accessToken: string }
      const headers = { authorization: `Bearer ${accessToken}` }
      const body = new FormData()
      body.set('file', new Blob(['# Weather\n\nIt was warm in Zanzibar.\n']), 'weather.md')
      const sent = await fetch(`${server.url}/api/v1/documents`, { method: 'POST', headers, body })
      expect(sent.status).toBe(202)
      const statuses = async () => {
        const answer = await fetch(`${server.url}/api/v1/documents`, { headers })
        // The contract of the list of documents.
        return ((await answer.json()) as { data: { status: string }[] }).data.map(({ status }) => status)
      }
      await expect.poll(statuses, { timeout: 60_000, interval: 100 }).toEqual(['ready'])
      const asked = await fetch(`${server.url}/api/v1/messages`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ content: 'Where was it warm?' }),
      })
      expect(await asked.text()).toContain('Zanzibar')
      expect(logged).toEqual([])
    } finally {
      await server.stop()
      await served.drop()
      await rm(folder, { recursive: true, force: true })
    }
  },
)
