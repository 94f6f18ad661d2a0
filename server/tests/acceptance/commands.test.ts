import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createInstallation, type Installation, onPostgres, runCommand } from './support/installation.ts'
import { request } from './support/person.ts'

/** What whoever runs the installation does on its machine, with the server stopped and started in between. */

let at: Installation
const email = 'grace@example.org'
const password = 'a lamp in the harbour 7'

const run = (command: readonly string[], input?: string) =>
  runCommand(command, { ...at.environment, FREEHOLD_BREACHED_PASSWORDS_URL: 'off' }, input)
/** What a command answered with --json. @throws with its error when it failed */
async function json<T>(command: readonly string[], input?: string): Promise<T> {
  const { code, stdout, stderr } = await run([...command, '--json'], input)
  if (code !== 0) throw new Error(`freehold ${command.join(' ')} ended with ${code}: ${stderr}`)
  const value: T = JSON.parse(stdout)
  return value
}

interface Organization {
  id: string
  slug: string
  deletedAt: string | null
}
let organization: Organization

beforeAll(async () => {
  at = await createInstallation()
  await json(['user', 'create', email, '--name', 'Grace', '--password-stdin'], `${password}\n`)
  organization = await json(['org', 'create', 'Harbour', '--owner', email])
})
afterAll(() => at?.dispose())

const signIn = (given = password) =>
  request<{ accessToken: string; permissions: string[] }>(at, '/api/v1/auth/signin', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: given }),
  })

describe('people, organizations and keys made on the command line', () => {
  let key: { id: string; key: string }
  beforeAll(async () => {
    key = await json(['key', 'create', '--organization', organization.slug, '--name', 'deploy'])
    await json(['user', 'grant-admin', email])
    await at.start()
  })

  test('work: the person signs in, the key reads, and the audit log names the operator', async () => {
    const { status, body } = await signIn()
    expect(status).toBe(200)
    expect(body.permissions).toContain('system:admin')
    const headers = { authorization: `Bearer ${key.key}` }
    expect((await request(at, '/api/v1/documents', { headers })).status).toBe(200)
    expect((await request(at, '/api/v1/activity', { headers })).status).toBe(403)
    const log = await request<{ data: { action: string; actor: { kind: string } }[] }>(
      at,
      '/api/v1/activity',
      {
        headers: { authorization: `Bearer ${body.accessToken}` },
      },
    )
    expect(log.body.data.map(({ action, actor }) => [action, actor.kind])).toEqual([
      ['api_key.create', 'system'],
      ['organization.create', 'system'],
    ])
  })

  test('end as they are told to: sessions, password, administration, key and organization', async () => {
    const before = await signIn()
    await at.stop()
    const made = await json<{ password: string; sessionsEnded: number }>(['user', 'set-password', email])
    expect(made.sessionsEnded).toBeGreaterThan(0)
    await json(['user', 'revoke-admin', email])
    await json(['key', 'revoke', key.id, '--organization', organization.id])
    expect((await json<Organization>(['org', 'delete', organization.slug])).deletedAt).not.toBeNull()
    await at.start()
    expect((await signIn()).status).toBe(401)
    const { status, body } = await signIn(made.password)
    expect([status, body.permissions]).toEqual([200, []])
    const headers = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
    expect((await request(at, '/api/v1/auth/session', headers(before.body.accessToken))).status).toBe(401)
    expect((await request(at, '/api/v1/documents', headers(key.key))).status).toBe(401)
    await at.stop()
    expect((await json<Organization>(['org', 'restore', organization.slug])).deletedAt).toBeNull()
    await at.start()
    expect((await signIn(made.password)).body.permissions).not.toEqual([])
  })

  test('are kept out of an embedded database that a server is running on, by name', async ({ skip }) => {
    skip(at.kind !== 'embedded', 'a served database may stay in use')
    const { code, stderr } = await run(['user', 'list'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/is in use by process \d+/)
    expect(stderr).not.toMatch(/\n\s+at /)
    const doctor = await run(['doctor'])
    expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining('a server is running on it')])
    const proof = await run(['doctor', 'isolation'])
    expect([proof.code, proof.stderr]).toEqual([2, expect.stringContaining('is in use by process')])
    await at.stop()
  })
})

describe('exit codes', () => {
  test.each([
    ['an unknown command', ['borg'], 2],
    ['an unknown option', ['org', 'list', '--loudly'], 2],
    ['a missing option', ['key', 'list'], 2],
    ['a number out of range', ['user', 'list', '--limit', '0'], 2],
    ['an id that is none', ['org', 'list', '--after', 'me'], 2],
    [
      'a permission that does not exist',
      ['key', 'create', '--organization', 'x', '--name', 'x', '--scopes', 'fly'],
      2,
    ],
    ['a password that is not given', ['user', 'set-password', email, '--password-stdin'], 2],
    ['an organization that does not exist', ['org', 'show', 'nowhere'], 1],
    ['a person who does not exist', ['user', 'sign-out', 'nobody@example.org'], 1],
    ['a person who exists', ['user', 'create', email], 1],
    ['help', ['key', 'create', '--help'], 0],
  ])('for %s', async (_what, command, expected) => {
    const { code, stdout, stderr } = await run(command)
    expect(code, stderr).toBe(expected)
    expect(expected === 0 ? stderr : stdout).toBe('')
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('for a password that is too easy, which no message repeats', async () => {
    const { code, stderr } = await run(['user', 'set-password', email, '--password-stdin'], 'grace12\n')
    expect([code, stderr]).toEqual([1, expect.stringContaining('at least 10 characters')])
    expect(stderr).not.toContain('grace12')
  })
})

describe('freehold doctor', () => {
  test('says that all is well, and what to do about what is not', async () => {
    const { data } = await json<{ data: { what: string; verdict: string; advice?: string }[] }>(['doctor'])
    expect(data.filter((one) => one.verdict === 'failed')).toEqual([])
    expect(data.map((one) => one.what)).toEqual(
      expect.arrayContaining(['configuration', 'migrations', 'cache', 'mail']),
    )
    expect(data.find((one) => one.what === 'mail')?.advice).toContain('SMTP_URL')
  })

  test('fails, in its own words, on settings that are not valid and on a database that is not there', async () => {
    const bad = await runCommand(['doctor'], { PORT: 'many' })
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining('PORT')])
    const nowhere = await runCommand(['doctor'], { FREEHOLD_DATA_DIR: `${at.dataDir}/nowhere` })
    expect([nowhere.code, nowhere.stdout]).toEqual([1, expect.stringContaining('There is no database in')])
  })

  // On the embedded database `doctor.test.ts` proves it, without the command around it.
  test.runIf(onPostgres)('proves isolation in a report to keep, and leaves nobody behind', async () => {
    const file = `${at.dataDir}/isolation.json`
    const { code, stdout } = await run(['doctor', 'isolation', '--json', '--out', file])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^PASS: .*\nThe report is in /)])
    const { data } = await json<{ data: { email: string }[] }>(['user', 'list'])
    expect(data.map((one) => one.email)).toEqual([email])
    expect((await json<{ data: Organization[] }>(['org', 'list'])).data).toHaveLength(1)
  })
})
