import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ConfigError, dataDirectory, describeConfig, parseConfig, settingNames } from './config.ts'

const masterKey = randomBytes(32).toString('base64')
const initKey = `fh_${'k'.repeat(37)}`

function problemsOf(environment: Record<string, string>): string {
  try {
    parseConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

test('nothing has to be set, and an empty value counts as none', () => {
  const config = parseConfig({ PORT: '', OPENAI_API_KEY: '  ', UNRELATED: 'x' })
  expect(config).toMatchObject({
    PORT: 3000,
    HOST: '127.0.0.1',
    FREEHOLD_ROLE: 'all',
    FREEHOLD_TRUST_PROXY: false,
  })
  expect(config.OPENAI_API_KEY).toBeUndefined()
  expect(dataDirectory(config)).toBe(`${process.cwd()}/data`)
})

test('what is set is read as what it is', () => {
  const config = parseConfig({
    PORT: '0',
    FREEHOLD_TRUST_PROXY: 'true',
    FREEHOLD_MAX_PAGES: ' 12 ',
    FREEHOLD_ALLOWED_ORIGINS: 'https://a.example.com, http://localhost:5173',
    FREEHOLD_MASTER_KEY: masterKey,
    DATABASE_URL: 'postgresql://freehold:p%40ss@db.example.com:5432/freehold?sslmode=require',
    FREEHOLD_INIT_EMAIL: 'ada@example.com',
    FREEHOLD_INIT_PASSWORD: 'correct horse',
    FREEHOLD_INIT_API_KEY: initKey,
  })
  expect(config).toMatchObject({ PORT: 0, FREEHOLD_TRUST_PROXY: true, FREEHOLD_MAX_PAGES: 12 })
})

describe('a value that cannot be used', () => {
  test.each([
    ['PORT', '65536', 'must be at most 65535', '3000'],
    ['PORT', 'http', 'must be a whole number from 0 to 65535', '3000'],
    ['PORT', '3000.5', 'must be a whole number from 0 to 65535', '3000'],
    ['FREEHOLD_URL', 'freehold.example.com', 'must be an http or https URL', 'https://freehold.example.com'],
    [
      'FREEHOLD_URL',
      'ftp://freehold.example.com',
      'must be an http or https URL',
      'https://freehold.example.com',
    ],
    ['FREEHOLD_ROLE', 'both', 'must be all, api or worker', 'all'],
    ['FREEHOLD_LOG_LEVEL', 'loud', 'must be trace, debug, info, warn, error or silent', 'info'],
    ['FREEHOLD_TRUST_PROXY', 'yes', 'must be true or false', 'true'],
    ['FREEHOLD_MAX_UPLOAD_BYTES', '1', 'must be at least 1024', '33554432'],
    ['FREEHOLD_ALLOWED_ORIGINS', '*', 'must be origins such as', 'https://app.example.com'],
    [
      'FREEHOLD_ALLOWED_ORIGINS',
      'https://app.example.com/',
      'must be origins such as',
      'https://app.example.com',
    ],
    ['FREEHOLD_INIT_EMAIL', 'ada', 'must be an e-mail address', 'ada@example.com'],
    ['OPENAI_BASE_URL', 'localhost:11434', 'must be an http or https URL', 'http://localhost:11434/v1'],
  ])('is named with what is wrong and an example: %s=%s', (name, value, wrong, example) => {
    const problems = problemsOf({ [name]: value })
    expect(problems).toContain(`${name}: "${value}" ${wrong}`)
    expect(problems).toContain(`Example: ${name}=${example}`)
  })

  test.each([
    ['FREEHOLD_MASTER_KEY', 'c2hvcnQ=', 'is not usable: Master key 1 has 5 bytes'],
    ['FREEHOLD_MASTER_KEY', 'not base64!', 'is not usable: Master key 1 is not base64'],
    ['FREEHOLD_INIT_PASSWORD', 'short-one', 'must have 10 characters or more'],
    ['FREEHOLD_INIT_API_KEY', 'fh_short', 'must have 40 characters or more'],
    ['FREEHOLD_INIT_API_KEY', `sk_${'k'.repeat(37)}`, 'must start with fh_'],
    [
      'FREEHOLD_INIT_API_KEY',
      `fh_${'k'.repeat(20)} ${'k'.repeat(20)}`,
      'must be printable ASCII without spaces',
    ],
    ['FREEHOLD_INIT_API_KEY', `fh_${'k'.repeat(600)}`, 'must have 512 characters or fewer'],
    ['DATABASE_URL', 'mysql://root:hunter2@localhost/db', 'must start with postgres://'],
    ['DATABASE_URL', 'postgres://root:hunter2@local host:x/db', 'is not a URL'],
    ['REDIS_URL', 'http://:hunter2@localhost', 'must start with redis:// or rediss://'],
  ])('of a secret is not shown: %s', (name, value, wrong) => {
    const problems = problemsOf({ [name]: value })
    expect(problems).toContain(`${name}: the value given ${wrong}`)
    expect(problems).toMatch(new RegExp(`Example: ${name}=`))
    expect(problems).not.toContain(value)
    expect(problems).not.toContain('hunter2')
  })

  test('that holds a password is shown without it', () => {
    expect(problemsOf({ OPENAI_BASE_URL: 'ftp://me:hunter2@host/v1' })).toContain('"ftp://…@host/v1"')
    expect(problemsOf({ FREEHOLD_URL: 'ftp://me:hun/ter2@host' })).not.toMatch(/hun|ter2/)
  })

  test('is reported together with every other', () => {
    const problems = problemsOf({
      PORT: 'x',
      FREEHOLD_ROLE: 'y',
      FREEHOLD_LOG_LEVEL: 'z',
      REDIS_URL: 'w',
      FREEHOLD_NO_SUCH: '1',
    })
    for (const name of ['PORT', 'FREEHOLD_ROLE', 'FREEHOLD_LOG_LEVEL', 'REDIS_URL', 'FREEHOLD_NO_SUCH']) {
      expect(problems).toContain(`  ${name}: `)
    }
  })
})

describe('settings that do not go together are named', () => {
  test.each([
    [
      { S3_BUCKET: 'b', S3_ENDPOINT: 'https://s3.example.com' },
      'S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: missing',
    ],
    [{ FREEHOLD_INIT_EMAIL: 'ada@example.com' }, 'FREEHOLD_INIT_PASSWORD: missing'],
    [{ FREEHOLD_INIT_API_KEY: initKey }, 'FREEHOLD_INIT_EMAIL: missing, while FREEHOLD_INIT_API_KEY is set'],
    [{ FREEHOLD_ROLE: 'api' }, 'FREEHOLD_ROLE: the embedded database serves one process only'],
    [
      { DATABASE_URL: 'postgres://freehold@localhost/freehold' },
      'FREEHOLD_MASTER_KEY: missing, while DATABASE_URL is set',
    ],
  ])('%j', (environment, problem) => {
    expect(problemsOf(environment)).toContain(problem)
  })
})

test('an unknown name of ours is refused without its value, and names of others are none of our business', () => {
  const problems = problemsOf({ FREEHOLD_MASTERKEY: 'hunter2' })
  expect(problems).toContain('FREEHOLD_MASTERKEY: there is no such setting')
  expect(problems).not.toContain('hunter2')
  expect(problemsOf({ PATH: '/bin', PORTS: 'x' })).toBe('')
})

test('the settings in force are listed whole, and no secret is among them', () => {
  const secrets = {
    FREEHOLD_MASTER_KEY: masterKey,
    FREEHOLD_INIT_PASSWORD: 'a password of ten',
    FREEHOLD_INIT_API_KEY: initKey,
    DATABASE_URL: 'postgres://freehold:hunter2@localhost/freehold',
    REDIS_URL: 'redis://:hunter2@localhost',
    S3_ACCESS_KEY_ID: 'AKIA-hunter2',
    S3_SECRET_ACCESS_KEY: 'hunter2-secret',
    OPENROUTER_API_KEY: 'sk-or-hunter2',
    OPENAI_API_KEY: 'sk-hunter2',
  }
  const listed = describeConfig(
    parseConfig({
      ...secrets,
      FREEHOLD_INIT_EMAIL: 'ada@example.com',
      S3_BUCKET: 'files',
      S3_ENDPOINT: 'https://me:hunter2@s3.example.com',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:hunter2@otel.example.com',
    }),
  )
  expect(listed.map((row) => row.name)).toEqual(settingNames)
  const text = JSON.stringify(listed)
  expect(text).not.toContain('hunter2')
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret)
  for (const name of Object.keys(secrets)) {
    expect(listed.find((row) => row.name === name)?.value).toBe('(set, hidden)')
  }
  expect(listed.find((row) => row.name === 'S3_ENDPOINT')?.value).toBe('https://…@s3.example.com')
  expect(listed.find((row) => row.name === 'OLLAMA_BASE_URL')?.value).toBe('(not set)')
})

test('external issuers are a JSON list, each of them once, and are shown as one', () => {
  const issuer = 'https://acme.eu.auth0.com/'
  const list = [{ issuer, audience: 'freehold', makesAccounts: true }]
  const config = parseConfig({ FREEHOLD_EXTERNAL_ISSUERS: JSON.stringify(list) })
  expect(config.FREEHOLD_EXTERNAL_ISSUERS).toEqual(list)
  const shown = describeConfig(config).find((one) => one.name === 'FREEHOLD_EXTERNAL_ISSUERS')
  expect(shown?.value).toBe(JSON.stringify(list))
  for (const wrong of [
    issuer,
    '[]',
    '{}',
    '[{"issuer":"https://a.example"}]',
    '[{"issuer":"ftp://a.example","audience":"x"}]',
    JSON.stringify([...list, ...list]),
    JSON.stringify([{ ...list[0], secret: 'x' }]),
  ])
    expect(() => parseConfig({ FREEHOLD_EXTERNAL_ISSUERS: wrong }), wrong).toThrow(
      /FREEHOLD_EXTERNAL_ISSUERS/,
    )
})
