import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJobQueue } from '../src/platform/jobs/job-queue.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../src/testing/test-app.ts'
import { type UploadedDocument, upload } from '../src/testing/upload.ts'

/** Who asks much and who asks little share one server. An allowance of sixty a minute refills by one a second. */
const quota = 60
let on: TestApp
let limited: TestApp
beforeAll(async () => {
  on = await createTestApp()
  limited = await createTestApp({ FREEHOLD_REQUESTS_PER_MINUTE: String(quota) })
})
afterAll(async () => {
  await limited.dispose()
  await on.dispose()
})

const read = ({ token }: Pick<Actor, 'token'>, path = '/api/v1/usage') =>
  limited.request('GET', path, { token })

describe('an organization at ten times its quota', () => {
  test('is refused what is above it, by all its people and keys together, and is told when to come again', async () => {
    const noisy = await signUp(limited)
    const startedAt = performance.now()
    const made = await noisy.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'CI' })
    const bearers = [noisy.token, made.body.key]
    const answers = await Promise.all(
      Array.from({ length: 10 * quota }, (_, place) => read({ token: bearers[place % 2] ?? '' })),
    )
    const passed = answers.filter(({ status }) => status === 200)
    const refilled = Math.ceil((performance.now() - startedAt) / 1_000)
    // Making the key was one of them.
    expect(passed.length).toBeGreaterThanOrEqual(quota - 1)
    expect(passed.length).toBeLessThanOrEqual(quota - 1 + refilled)
    const refused = answers.filter(({ status }) => status === 429)
    expect(passed.length + refused.length).toBe(answers.length)
    const [first] = refused
    expect(await first?.json()).toMatchObject({
      error: { code: 'rate_limited', details: { requestsPerMinute: quota, retryAfterSeconds: 1 } },
    })
    expect(Object.fromEntries(first?.headers ?? [])).toMatchObject({
      'retry-after': '1',
      'ratelimit-limit': String(quota),
      'ratelimit-remaining': '0',
      'ratelimit-reset': expect.stringMatching(/^(59|60)$/),
    })
    limited.platform.clock.advance(1_000)
    expect((await read(noisy)).status).toBe(200)
  })

  test('does no work for what is refused: neither in the database nor at a provider', async () => {
    const noisy = await signUp(limited)
    while ((await read(noisy)).status === 200);
    const body = { model: 'local/extractive', messages: [{ role: 'user', content: 'Hello?' }] }
    const answer = await limited.request('POST', '/v1/chat/completions', { token: noisy.token, body })
    expect(answer.status).toBe(429)
    // OpenAI's clients read this shape, and wait by themselves.
    expect(await answer.json()).toMatchObject({
      error: { type: 'rate_limit_error', code: 'rate_limited' },
    })
    const records = await limited.platform.database.query(
      'select 1 from freehold.usage_records where organization_id = $1',
      [noisy.organizationId],
    )
    expect(records).toEqual([])
  })

  test('costs its neighbour none of theirs: every request of theirs is answered', async () => {
    const [noisy, quiet] = [await signUp(limited), await signUp(limited, 'Grace')]
    let quietIsDone = false
    const flood = Array.from({ length: 20 }, async () => {
      for (let sent = 0; !quietIsDone || sent < (10 * quota) / 20; sent++) await read(noisy)
    })
    const statuses: number[] = []
    for (let sent = 0; sent < quota; sent++) statuses.push((await read(quiet)).status)
    quietIsDone = true
    await Promise.all(flood)
    expect(statuses).toEqual(Array.from({ length: quota }, () => 200))
  })

  test('is told what is left with every answer', async () => {
    const person = await signUp(limited)
    const left = async () => (await read(person)).headers.get('ratelimit-remaining')
    expect(await left()).toBe(String(quota - 1))
    for (let sent = 0; sent < 20; sent++) await left()
    expect(Number(await left())).toBeLessThan(quota - 1)
    // Answers to nobody in particular carry nobody's allowance.
    expect((await limited.request('GET', '/health/live')).headers.has('ratelimit-limit')).toBe(false)
  })
})

test('one document is read before more than a few of two hundred that another organization sent before', {
  timeout: 240_000,
}, async () => {
  const ingest = on.modules
    .flatMap((module) => module.jobs ?? [])
    .filter((job) => job.name === 'knowledge.ingest-document')
  // Other files of tests have left documents that nobody reads.
  await on.platform.database.query(`delete from pgboss.job where name = 'knowledge.ingest-document'`)
  const [noisy, quiet] = [await signUp(on), await signUp(on, 'Grace')]
  for (let sent = 0; sent < 200; sent++)
    expect((await upload(on, noisy, `${sent}.md`, `# Report ${sent}\n\nIt was warm.\n`)).status).toBe(202)
  const mine = await upload(on, quiet, 'mine.md', '# Mine\n\nIt was cold.\n')
  const queue = createJobQueue({ database: on.platform.database, logger: on.platform.logger })
  try {
    await queue.start(ingest, true)
    await expect
      .poll(
        async () => {
          const { body } = await quiet.call<UploadedDocument>('GET', `/api/v1/documents/${mine.body.id}`)
          return body.status
        },
        { timeout: 120_000, interval: 5 },
      )
      .toBe('ready')
    const [row] = await on.platform.database.query(
      `select count(*)::int as begun from freehold.documents where organization_id = $1 and status <> 'queued'`,
      [noisy.organizationId],
    )
    expect(Number(row?.begun)).toBeLessThanOrEqual(20)
  } finally {
    await queue.stop(3_000)
  }
})
