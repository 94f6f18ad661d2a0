import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Membership, Page, Session } from './support/contract.ts'
import { createInstallation, type Installation, onPostgres, runCommand } from './support/installation.ts'
import { request, signIn } from './support/person.ts'

/** A server that is set up by its settings alone, and what is said of settings that cannot be used. */

const settings = {
  FREEHOLD_INIT_EMAIL: 'Grace@Example.com',
  FREEHOLD_INIT_PASSWORD: 'a compiler in 1952',
  FREEHOLD_INIT_ORGANIZATION: 'Eckert–Mauchly',
  FREEHOLD_INIT_API_KEY: 'fh_first_0123456789abcdefghijklmnopqrstuvwxyz',
}
const who = { email: 'grace@example.com', password: settings.FREEHOLD_INIT_PASSWORD }
const elsewhere = path.join(tmpdir(), `freehold-acceptance-unused-${process.pid}`)

afterAll(() => rm(elsewhere, { recursive: true, force: true }))

/** Runs the program with settings that do not come from the shell. */
function run(command: readonly string[], more: Record<string, string> = {}) {
  return runCommand(command, { FREEHOLD_DATA_DIR: elsewhere, ...more })
}

describe('a first start with FREEHOLD_INIT_*', () => {
  let at: Installation
  const organizations: string[] = []

  beforeAll(async () => {
    at = await createInstallation(settings)
  })
  afterAll(() => at?.dispose())

  for (const start of ['the first', 'the second']) {
    test(`makes person, organization and key once: on ${start} start`, async () => {
      await at.start()
      const grace = await signIn(at, who)
      expect(grace.session.user.email).toBe('grace@example.com')
      expect(grace.session.organizations).toMatchObject([{ name: 'Eckert–Mauchly', role: 'owner' }])
      organizations.push(...grace.session.organizations.map(({ id }) => id))
      const keys = await grace.call<Page<{ prefix: string; revokedAt: string | null }>>(
        'GET',
        '/api/v1/api-keys',
      )
      expect(keys.body.data).toHaveLength(1)
      expect(settings.FREEHOLD_INIT_API_KEY.startsWith(keys.body.data[0]?.prefix ?? 'nothing')).toBe(true)
      const listed = await grace.call<Page<Membership>>('GET', '/api/v1/organizations')
      expect(listed.body.data).toHaveLength(1)

      const headers = {
        authorization: `Bearer ${settings.FREEHOLD_INIT_API_KEY}`,
        'content-type': 'application/json',
      }
      const body = JSON.stringify({
        model: 'local/extractive',
        messages: [{ role: 'user', content: 'hello' }],
      })
      const chat = await request<{ object: string }>(at, '/v1/chat/completions', {
        method: 'POST',
        headers,
        body,
      })
      expect([chat.status, chat.body.object]).toEqual([200, 'chat.completion'])
      const wrong = { email: who.email, password: 'a compiler in 1953' }
      const refused = await request<Session>(at, '/api/v1/auth/signin', {
        method: 'POST',
        headers,
        body: JSON.stringify(wrong),
      })
      expect(refused.status).toBe(401)
      if (start === 'the first') expect((await at.stop()).code).toBe(0)
    })
  }

  test('is the same organization both times, and no log holds the password or the key', () => {
    expect(new Set(organizations).size).toBe(1)
    expect(at.log()).toContain('grace@example.com')
    for (const secret of [settings.FREEHOLD_INIT_PASSWORD, settings.FREEHOLD_INIT_API_KEY])
      expect(at.log()).not.toContain(secret)
  })

  test.skipIf(onPostgres)(
    'keeps its data directory to itself: another server is refused and told who has it',
    async () => {
      const { code, stderr } = await runCommand(['start'], at.environment)
      expect(code).toBe(1)
      expect(stderr).toContain(`The data directory ${at.dataDir} is in use by process ${at.processId}`)
      expect(stderr).toMatch(/Stop that server first, or start this one with another FREEHOLD_DATA_DIR/)
      expect((await request(at, '/health/ready')).status).toBe(200)
      expect((await at.stop()).code).toBe(0)
    },
  )

  test('says when its port is in use, and how to take another', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    // A server that listens on TCP has an address with a port.
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await runCommand(['start', '--port', String(port)], at.environment)
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^Port ${port} is in use\\. .*PORT=${port + 1}`, 'm'))
    expect(stderr).not.toMatch(/\n {4}at /)
    other.close()
  })
})

describe('settings that cannot be used end the start with code 2 and name the setting, the fault and an example', () => {
  const secretUrl = 'postgres://freehold:very-secret-password@127.0.0.1:1/freehold'
  const cases: [what: string, settings: Record<string, string>, says: RegExp][] = [
    [
      'a port that is none',
      { PORT: 'abc' },
      /PORT: "abc" must be a whole number from 0 to 65535\. Example: PORT=3000/,
    ],
    ['a port out of range', { PORT: '70000' }, /PORT: "70000" must be at most 65535\. Example: PORT=3000/],
    [
      'a setting that does not exist',
      { FREEHOLD_COLOUR: 'red' },
      /FREEHOLD_COLOUR: there is no such setting.*freehold config/,
    ],
    [
      'a database without a master key',
      { DATABASE_URL: secretUrl },
      /FREEHOLD_MASTER_KEY: missing, while DATABASE_URL is set.*Example: FREEHOLD_MASTER_KEY=\$\(openssl rand -base64 32\)/,
    ],
    [
      'a database of another kind',
      { DATABASE_URL: 'mysql://root:very-secret-password@db/x' },
      /DATABASE_URL: the value given must start with postgres:\/\/.*Example: DATABASE_URL=postgres:\/\//,
    ],
    [
      'a master key that is too short',
      { FREEHOLD_MASTER_KEY: 'very-secret-password' },
      /FREEHOLD_MASTER_KEY/,
    ],
    [
      'a key without its form',
      {
        FREEHOLD_INIT_EMAIL: who.email,
        FREEHOLD_INIT_PASSWORD: who.password,
        FREEHOLD_INIT_API_KEY: 'very-secret-password',
      },
      /FREEHOLD_INIT_API_KEY: the value given must have 40 characters or more.*Example/,
    ],
    [
      'a password without a person',
      { FREEHOLD_INIT_PASSWORD: 'very-secret-password' },
      /FREEHOLD_INIT_EMAIL: missing.*Example: FREEHOLD_INIT_EMAIL=/,
    ],
    [
      'a URL that is none',
      { OPENAI_BASE_URL: 'localhost:11434' },
      /OPENAI_BASE_URL: "localhost:11434" must be an http or https URL\. Example/,
    ],
    [
      'storage that is half configured',
      { S3_BUCKET: 'files', S3_SECRET_ACCESS_KEY: 'very-secret-password' },
      /S3_ENDPOINT, S3_ACCESS_KEY_ID: missing, while S3_BUCKET, S3_SECRET_ACCESS_KEY is set/,
    ],
  ]
  test.each(cases)('%s', async (_what, more, says) => {
    const { code, stdout, stderr } = await run(['start'], more)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/very-secret-password|\n {4}at /)
  })

  test('all faults at once', async () => {
    const { code, stderr } = await run(['config'], {
      PORT: 'abc',
      HOST: '',
      FREEHOLD_LOG_LEVEL: 'loud',
      FREEHOLD_COLOUR: 'red',
    })
    expect(code).toBe(2)
    for (const name of ['PORT', 'FREEHOLD_LOG_LEVEL', 'FREEHOLD_COLOUR'])
      expect(stderr).toContain(`${name}: `)
  })
})

test('a command that does not exist is refused with the list of those that do', async () => {
  const { code, stderr } = await run(['stat'])
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/unknown command 'stat'/)
  expect(stderr).toMatch(/start.*\n[\s\S]*config/)
})

describe('the config command', () => {
  const secrets = {
    DATABASE_URL: 'postgres://freehold:secret-one@db.example.com/freehold',
    REDIS_URL: 'redis://:secret-two@cache.example.com',
    FREEHOLD_MASTER_KEY: randomBytes(32).toString('base64'),
    OPENAI_API_KEY: 'sk-secret-four',
    FREEHOLD_INIT_EMAIL: who.email,
    FREEHOLD_INIT_PASSWORD: 'secret-five-long-enough',
    FREEHOLD_INIT_API_KEY: 'fh_secret-six-0123456789012345678901234567890',
    OPENAI_BASE_URL: 'http://user:secret-seven@models.example.com/v1',
  }
  test.each([
    ['as text', ['config']],
    ['as JSON', ['config', '--json']],
  ])('prints what is in force and no secret, %s', async (_how, command) => {
    const { code, stdout, stderr } = await run(command, { ...secrets, PORT: '4000' })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/PORT"?:?\s+"?4000/)
    expect(stdout).not.toMatch(/secret-/)
    expect(stdout).not.toContain(secrets.FREEHOLD_MASTER_KEY)
    if (!command.includes('--json')) return
    const shown: Record<string, string> = JSON.parse(stdout)
    expect(shown).toMatchObject({
      PORT: '4000',
      HOST: '127.0.0.1',
      DATABASE_URL: '(set, hidden)',
      S3_BUCKET: '(not set)',
    })
    expect(shown.OPENAI_BASE_URL).toContain('models.example.com/v1')
  })
})

test('a database that cannot be reached ends the start with its name and no password', async () => {
  const more = {
    DATABASE_URL: 'postgres://freehold:very-secret-password@127.0.0.1:1/freehold',
    FREEHOLD_MASTER_KEY: randomBytes(32).toString('base64'),
  }
  const { code, stdout, stderr } = await run(['start'], more)
  expect(code).toBe(1)
  expect(stderr).toMatch(/database|127\.0\.0\.1:1/i)
  expect(stdout + stderr).not.toContain('very-secret-password')
})
