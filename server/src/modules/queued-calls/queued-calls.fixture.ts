import { afterAll, beforeAll } from 'vitest'
import { createGuardedFetch, type GuardedFetch } from '../../platform/fetch/index.ts'
import { newId } from '../../platform/ids.ts'
import type { AnyJob } from '../../platform/jobs/job-queue.ts'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { queuedCallJobs } from './jobs.ts'
import { createQueuedCalls, type QueuedCalls } from './queued-calls.ts'

/** One installation with one provider, whose jobs are done when a test says so. */
export interface QueueStage {
  readonly on: TestApp
  readonly provider: FakeProvider
  readonly ada: Actor
  /** Sends a chat that is to be answered later. */
  queue(options?: QueueOptions): Promise<{ response: Response; id: string }>
  /** Does a job of this module, as the queue would. */
  run(name: string, id?: string, signal?: AbortSignal): Promise<void>
  find(id: string, token?: string): Promise<{ status: number; headers: Headers; body: FoundCall }>
  /** The usage records of a request, once they are written. */
  records(requestId: string): Promise<Record<string, unknown>[]>
}

export interface QueueOptions {
  token?: string
  fields?: Record<string, unknown>
  headers?: Record<string, string>
}

export interface FoundCall {
  id: string
  status: string
  requestId: string
  statusCode: number | null
  errorCode: string | null
  response: { choices: { message: { content: string } }[] } | null
  error: { message: string; code: string; type: string } | null
  webhook: { status: string; tries: number; lastAnswer: number | null; lastTryAt: string | null } | null
}

export const model = 'openai/gpt-4o-mini'

export function setQueueStage(settings: Readonly<Record<string, string>> = {}): QueueStage {
  let provider: FakeProvider
  let on: TestApp
  let ada: Actor
  let fetch: GuardedFetch
  let queued: QueuedCalls
  let jobs: AnyJob[]

  beforeAll(async () => {
    provider = await startFakeProvider()
    on = await createTestApp({
      FREEHOLD_LOG_LEVEL: 'debug',
      OPENROUTER_API_KEY: 'sk-or-test-key',
      OPENROUTER_BASE_URL: provider.url,
      ...settings,
    })
    ada = await signUp(on)
    // Receivers of tests have names, and stand on this machine; addresses are refused as they are everywhere.
    fetch = createGuardedFetch({
      allowPrivate: true,
      resolver: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    // Another node's, as far as the one that is asked to cancel knows.
    queued = createQueuedCalls({
      platform: { ...on.platform, fetch },
      gateway: on.gateway,
      prompts: on.prompts,
    })
    await queued.running.start()
    jobs = queuedCallJobs(queued)
  })
  afterAll(async () => {
    await queued.running.close()
    await fetch.close()
    await on.dispose()
    await provider.close()
  })

  return {
    get on() {
      return on
    },
    get provider() {
      return provider
    },
    get ada() {
      return ada
    },
    async queue({ token = ada.token, fields = {}, headers = {} } = {}) {
      const response = await on.request('POST', '/v1/chat/completions', {
        token,
        body: { model, messages: [{ role: 'user', content: 'three short words' }], ...fields },
        headers: { prefer: 'respond-async', ...headers },
      })
      return { response, id: response.headers.get('x-request-id') ?? '' }
    },
    async run(name, id, signal = new AbortController().signal) {
      const job = jobs.find((one) => one.name === `queued-calls.${name}`)
      if (!job) throw new Error(`There is no job ${name}.`)
      const [row] =
        id === undefined
          ? []
          : await on.platform.database.query(
              'select organization_id from freehold.queued_calls where id = $1',
              [id],
            )
      await job.handle(
        id === undefined ? {} : { organizationId: row?.organization_id ?? ada.organizationId, id },
        { jobId: newId(), signal },
      )
    },
    async find(id, token = ada.token) {
      const response = await on.request('GET', `/api/v1/queued-calls/${id}`, { token })
      // The contract of the route, or of errors.
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as FoundCall,
      }
    },
    async records(requestId) {
      await on.gateway.platform.gate.recorded()
      return on.platform.database.query(
        'select status, error_code, cost_nanos::text as cost, tag from freehold.usage_records where request_id = $1',
        [requestId],
      )
    },
  }
}
