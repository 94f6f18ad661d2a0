import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLogger, type LoggerOptions, withLogFields } from './logger.ts'

const clock = { now: () => new Date('2026-03-01T12:30:45.678Z') }

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  const log = createLogger({
    level: 'info',
    format: 'json',
    clock,
    write: (line) => lines.push(line),
    ...options,
  })
  return { log, lines, entries: () => lines.map((line) => JSON.parse(line)) }
}

describe('JSON lines', () => {
  test('one line holds level, time, fields and message', () => {
    const { log, lines, entries } = capture()
    log.child({ requestId: 'r1' }).info({ status: 200 }, 'done')
    expect(lines[0]).toMatch(/^[^\n]+\n$/)
    expect(entries()).toEqual([
      { level: 30, time: '2026-03-01T12:30:45.678Z', requestId: 'r1', status: 200, msg: 'done' },
    ])
  })

  test('what is below the level is not written', () => {
    const { log, lines } = capture({ level: 'warn' })
    log.info({}, 'quiet')
    log.warn({}, 'loud')
    expect(lines).toHaveLength(1)
  })

  test('a secret in a message, a field and a child does not reach the line', () => {
    const { log, lines } = capture()
    log
      .child({ authorization: 'Bearer abcdefghijk' })
      .info({ password: 'hunter2' }, 'with fh_0123456789abcdef0123')
    expect(lines.join('')).not.toMatch(/abcdefghijk|hunter2|0123456789abcdef/)
  })

  test('an error is type, message, code, stack and causes, and no other property', () => {
    const { log, entries } = capture()
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (email)=(a@b.c) already exists.',
    })
    log.error({ err: new TypeError('outer', { cause }) }, 'failed')
    expect(entries()[0].err).toEqual({
      type: 'TypeError',
      message: 'outer',
      stack: expect.stringContaining('TypeError: outer'),
      cause: {
        type: 'Error',
        message: 'duplicate key',
        code: '23505',
        stack: expect.stringContaining('duplicate key'),
      },
    })
  })

  test('the parameters of a failed query are left out', () => {
    const { log, lines } = capture()
    log.error(
      { err: new Error('Failed query: insert into person values ($1)\nparams: ada@example.com') },
      'failed',
    )
    expect(lines[0]).toContain('insert into person')
    expect(lines[0]).not.toContain('ada@example.com')
  })

  test('an error of 60 kB leaves a line under 20 kB', () => {
    const { log, lines, entries } = capture()
    log.error({ err: new Error('x'.repeat(60_000), { cause: new Error('y'.repeat(60_000)) }) }, 'failed')
    expect(lines[0]?.length).toBeLessThan(20_000)
    expect(entries()[0].err.message).toMatch(/^x{4076}… \(60000 characters\)$/)
  })

  test('long texts are cut wherever they stand, and thousands of short ones are left out', () => {
    const { log, entries } = capture()
    log.info({ deep: { text: 'z'.repeat(50_000) } }, 'long')
    log.info({ requestId: 'r1', many: Array.from({ length: 20_000 }, (_, index) => index) }, 'wide')
    expect(entries()[0].deep.text).toMatch(/^z+… \(50000 characters\)$/)
    expect(entries()[1]).toMatchObject({
      level: 30,
      requestId: 'r1',
      msg: 'wide',
      cut: expect.stringContaining('left out'),
    })
  })

  test('what is thrown need not be an error', () => {
    const { log, entries } = capture()
    log.error({ err: 'just text' }, 'failed')
    log.error({ err: { odd: true } }, 'failed')
    expect(entries().map(({ err }) => err)).toEqual([
      { type: 'string', message: 'just text' },
      { type: 'object', message: '{"odd":true}' },
    ])
  })

  test('fields set around a piece of work are on every line inside it and on none outside', async () => {
    const { log, entries } = capture()
    await withLogFields({ requestId: 'r1' }, async () => {
      await Promise.resolve()
      withLogFields({ jobId: 'j1' }, () => log.info({}, 'inside'))
    })
    log.info({}, 'outside')
    expect(entries()[0]).toMatchObject({ requestId: 'r1', jobId: 'j1' })
    expect(entries()[1]).not.toHaveProperty('requestId')
  })
})

describe('lines for a terminal', () => {
  test('a line reads time, level, message and fields', () => {
    const { log, lines } = capture({ format: 'line' })
    log.info({ port: 3000, name: 'two words' }, 'Listening.')
    expect(lines).toEqual(['12:30:45.678 INFO  Listening. port=3000 name="two words"\n'])
  })

  test('an error prints its stack and its cause below', () => {
    const { log, lines } = capture({ format: 'line' })
    log.error(
      { err: new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'E1' }) }) },
      'failed',
    )
    expect(lines[0]).toMatch(/^12:30:45\.678 ERROR failed\n {4}Error: outer\n/)
    expect(lines[0]).toMatch(/\n {4}caused by Error: inner\n.*\[E1\]\n$/s)
  })

  test('escape sequences of strangers do not reach the terminal', () => {
    const { log, lines } = capture({ format: 'line' })
    log.info(
      { userAgent: 'a\u001b[2Jb', other: { deep: '\u009b1m' } },
      'bad \u001b]0;title\u0007\nsecond line',
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(lines.join('').slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  })

  test('secrets are removed there too', () => {
    const { log, lines } = capture({ format: 'line', colors: true })
    log.info({ token: 'verysecretvalue' }, 'x')
    expect(lines[0]).not.toContain('verysecretvalue')
    expect(lines[0]).toContain('\u001b[')
  })
})

test('on standard output lines come in their order, the last words of a process that ends at once included', async () => {
  const fixture = path.join(import.meta.dirname, 'standard-output.fixture.ts')
  const { output, code } = await new Promise<{ output: string; code: unknown }>((resolve) => {
    execFile(process.execPath, [fixture], (error, stdout) => resolve({ output: stdout, code: error?.code }))
  })
  const lines = output.trim().split('\n')
  expect([code, lines.map((line) => JSON.parse(line).line)]).toEqual([3, [1, 2, 3]])
})
