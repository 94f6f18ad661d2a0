import { afterAll, beforeAll } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

/** One installation with one provider, whose jobs are done when a test says so. */
export interface AssistantStage {
  readonly on: TestApp
  readonly provider: FakeProvider
  readonly ada: Actor
  makeAssistant(fields?: Record<string, unknown>, actor?: Actor): Promise<string>
  /** Gives a task, without going on with it. */
  startRun(assistantId: string, input: string, actor?: Actor): Promise<string>
  /** Goes on with a run, as its jobs would, until it ends or waits. */
  advance(runId: string, signal?: AbortSignal): Promise<void>
  find(runId: string, actor?: Actor): Promise<FoundRun>
  steps(runId: string, actor?: Actor): Promise<FoundStep[]>
  approvals(actor?: Actor): Promise<FoundApproval[]>
  runJob(name: string, payload: object): Promise<void>
  /** Reads a document into an organization's knowledge. */
  addDocument(name: string, text: string, actor?: Actor): Promise<string>
  /** What the ledger says of assistants' calls in an organization. */
  records(organizationId: string): Promise<{ request_id: string; cost: string; status: string }[]>
}

export interface FoundRun {
  id: string
  state: string
  output: { text: string; citations: { marker: number; passageId: string; quote: string }[] } | null
  error: { code: string } | null
  modelCalls: number
  costNanos: string
  assistantVersion: number
}

export interface FoundStep {
  ordinal: number
  kind: string
  name: string
  state: string
  requestId: string
  input: unknown
  output: { text: string } | null
}

export interface FoundApproval {
  id: string
  runId: string
  tool: string
  state: string
  arguments: Record<string, unknown>
}

export const model = 'openai/gpt-4o-mini'

export function setAssistantStage(settings: Readonly<Record<string, string>> = {}): AssistantStage {
  let provider: FakeProvider
  let on: TestApp
  let ada: Actor

  beforeAll(async () => {
    provider = await startFakeProvider()
    on = await createTestApp({
      OPENROUTER_API_KEY: 'sk-or-test-key',
      OPENROUTER_BASE_URL: provider.url,
      ...settings,
    })
    ada = await signUp(on)
  })
  afterAll(async () => {
    await on.dispose()
    await provider.close()
  })

  async function organizationOf(runId: string): Promise<string> {
    const [row] = await on.platform.database.query(
      'select organization_id from freehold.assistant_runs where id = $1',
      [runId],
    )
    return String(row?.organization_id)
  }

  const stage: AssistantStage = {
    get on() {
      return on
    },
    get provider() {
      return provider
    },
    get ada() {
      return ada
    },
    async makeAssistant(fields = {}, actor = ada) {
      const { status, body } = await actor.call<{ id: string }>('POST', '/api/v1/assistants', {
        name: 'Helper',
        model,
        ...fields,
      })
      if (status !== 201) throw new Error(`Making an assistant failed: ${JSON.stringify(body)}`)
      return body.id
    },
    async startRun(assistantId, input, actor = ada) {
      const { status, body } = await actor.call<{ id: string }>('POST', '/api/v1/runs', {
        assistantId,
        input,
      })
      if (status !== 202) throw new Error(`Starting a run failed: ${JSON.stringify(body)}`)
      return body.id
    },
    async advance(runId, signal) {
      const ref = { organizationId: await organizationOf(runId), id: runId }
      await stage.runJob('assistants.wake-run', ref)
      const job = jobOf(on, 'assistants.advance-run')
      await job.handle(ref, { jobId: newId(), signal: signal ?? new AbortController().signal })
    },
    async find(runId, actor = ada) {
      return (await actor.call<FoundRun>('GET', `/api/v1/runs/${runId}`)).body
    },
    async steps(runId, actor = ada) {
      return (await actor.call<{ data: FoundStep[] }>('GET', `/api/v1/runs/${runId}/steps`)).body.data
    },
    async approvals(actor = ada) {
      return (await actor.call<{ data: FoundApproval[] }>('GET', '/api/v1/approvals?state=waiting')).body.data
    },
    async runJob(name, payload) {
      // The payload is what the job's own schema takes.
      await jobOf(on, name).handle(payload as Record<string, unknown>, {
        jobId: newId(),
        signal: new AbortController().signal,
      })
    },
    async addDocument(name, text, actor = ada) {
      const form = new FormData()
      form.set('file', new Blob([text]), name)
      const answer = await on.request('POST', '/api/v1/documents', { token: actor.token, body: form })
      const { id } = (await answer.json()) as { id: string } // the contract of uploading
      await stage.runJob('knowledge.ingest-document', {
        organizationId: actor.organizationId,
        documentId: id,
      })
      return id
    },
    async records(organizationId) {
      await on.gateway.platform.gate.recorded()
      const rows = await on.platform.database.query(
        `select request_id, cost_nanos::text as cost, status from freehold.usage_records
         where organization_id = $1 and purpose = 'assistant' order by created_at`,
        [organizationId],
      )
      // As the statement selects them.
      return rows as { request_id: string; cost: string; status: string }[]
    },
  }
  return stage
}

function jobOf(on: TestApp, name: string) {
  const job = on.modules.flatMap((module) => module.jobs ?? []).find((one) => one.name === name)
  if (!job) throw new Error(`There is no job ${name}.`)
  return job
}
