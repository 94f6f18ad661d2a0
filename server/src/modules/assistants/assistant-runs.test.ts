import { describe, expect, test } from 'vitest'
import { signUp } from '../../testing/test-app.ts'
import { setAssistantStage } from './assistants.fixture.ts'

const stage = setAssistantStage()
const write = { name: 'create_document', arguments: { title: 'Plan', content: 'Buy cloves.' } }
const allTools = ['search_knowledge', 'read_document', 'list_conversations', 'create_document']

describe('a run', () => {
  test('calls tools until it has an answer, and its trace says what each step was', async () => {
    const { provider } = stage
    const id = await stage.makeAssistant({ tools: allTools })
    provider.script(
      { kind: 'tool_call', name: 'list_conversations', arguments: {} },
      { kind: 'answer', text: 'There are none.' },
    )
    const runId = await stage.startRun(id, 'What did I ask before?')
    expect((await stage.find(runId)).state).toBe('queued')
    await stage.advance(runId)
    const run = await stage.find(runId)
    expect(run).toMatchObject({ state: 'done', modelCalls: 2, error: null })
    expect(run.output?.text).toBe('There are none.')
    const steps = await stage.steps(runId)
    expect(steps.map(({ kind, name, state }) => `${kind} ${name} ${state}`)).toEqual([
      'model agent done',
      'tool list_conversations done',
      'model agent done',
    ])
    expect(steps[1]?.output?.text).toBe('There are no conversations.')
  })

  test('costs what the ledger says, under the request ids of its steps', async () => {
    const actor = await signUp(stage.on)
    const id = await stage.makeAssistant({}, actor)
    stage.provider.script({ kind: 'answer', text: 'Done.' })
    const runId = await stage.startRun(id, 'Do it.', actor)
    await stage.advance(runId)
    const records = await stage.records(actor.organizationId)
    const steps = await stage.steps(runId, actor)
    expect(records.map((record) => record.request_id)).toEqual(steps.map((step) => step.requestId))
    expect(BigInt((await stage.find(runId, actor)).costNanos)).toBe(BigInt(records[0]?.cost ?? -1))
  })

  test('goes on with the version it was begun with', async () => {
    const id = await stage.makeAssistant({ instructions: 'Say first.' })
    const runId = await stage.startRun(id, 'Go.')
    const changed = await stage.ada.call('PATCH', `/api/v1/assistants/${id}`, { instructions: 'Say second.' })
    expect(changed.body).toMatchObject({
      version: 2,
      instructions: 'Say second.',
      model: 'openai/gpt-4o-mini',
    })
    stage.provider.script({ kind: 'answer', text: 'Yes.' })
    await stage.advance(runId)
    expect((await stage.find(runId)).assistantVersion).toBe(1)
    expect(JSON.stringify(stage.provider.calls.at(-1)?.body)).toContain('Say first.')
  })

  test('ends at its step limit, and says so', async () => {
    const id = await stage.makeAssistant({ tools: allTools, stepLimit: 2 })
    const again = { kind: 'tool_call', name: 'list_conversations', arguments: {} } as const
    stage.provider.script(again, again)
    const runId = await stage.startRun(id, 'Loop.')
    const before = stage.provider.calls.length
    await stage.advance(runId)
    expect(await stage.find(runId)).toMatchObject({
      state: 'failed',
      error: { code: 'assistants.step_limit_reached' },
      modelCalls: 2,
    })
    expect(stage.provider.calls.length - before).toBe(2)
  })

  test('ends at its cost limit, and says so', async () => {
    const id = await stage.makeAssistant({ tools: allTools, costLimitNanos: '1' })
    stage.provider.script({ kind: 'tool_call', name: 'list_conversations', arguments: {} })
    const runId = await stage.startRun(id, 'Spend.')
    await stage.advance(runId)
    expect(await stage.find(runId)).toMatchObject({
      state: 'failed',
      error: { code: 'assistants.cost_limit_reached' },
      modelCalls: 1,
    })
  })

  test('fails with the code of what refused it', async () => {
    const id = await stage.makeAssistant()
    stage.provider.script({ kind: 'status', status: 400, body: { error: { message: 'no' } } })
    const runId = await stage.startRun(id, 'Fail.')
    await stage.advance(runId)
    expect(await stage.find(runId)).toMatchObject({ state: 'failed' })
    expect((await stage.find(runId)).error?.code).toMatch(/^gateway\./)
  })

  test('that waits is stopped at once, and what it asked for is withdrawn', async () => {
    const id = await stage.makeAssistant({ tools: allTools })
    stage.provider.script({ kind: 'tool_call', ...write })
    const runId = await stage.startRun(id, 'Write.')
    await stage.advance(runId)
    const [approval] = (await stage.approvals()).filter((one) => one.runId === runId)
    const stopped = await stage.ada.call('POST', `/api/v1/runs/${runId}/stop`)
    expect(stopped.body).toMatchObject({ state: 'stopped' })
    const late = await stage.ada.call('POST', `/api/v1/approvals/${approval?.id}/approve`, {})
    expect(late.status).toBe(409)
  })

  test('broken off by a stopping server goes on from its last step: what was asked is not asked again', async () => {
    const { provider } = stage
    const actor = await signUp(stage.on)
    const id = await stage.makeAssistant({ tools: allTools }, actor)
    provider.script({ kind: 'tool_call', name: 'list_conversations', arguments: {} }, { kind: 'hang' })
    const runId = await stage.startRun(id, 'Go on.', actor)
    const stopping = new AbortController()
    const before = provider.calls.length
    const first = stage.advance(runId, stopping.signal)
    await expect.poll(() => provider.calls.length - before, { timeout: 20_000 }).toBe(2)
    stopping.abort(new Error('the server stops'))
    await expect(first).rejects.toThrow()
    provider.script({ kind: 'answer', text: 'There.' })
    await stage.advance(runId)
    expect((await stage.find(runId, actor)).output?.text).toBe('There.')
    expect(provider.calls.length - before).toBe(3)
    // The first, the one that was broken off, and the one that took its place: each once.
    const ids = (await stage.records(actor.organizationId)).map((record) => record.request_id)
    expect(ids).toHaveLength(3)
    expect(new Set(ids).size).toBe(3)
  })

  test('is nobody else’s: a colleague without the right and a stranger get 404', async () => {
    const id = await stage.makeAssistant()
    const runId = await stage.startRun(id, 'Mine.')
    const stranger = await signUp(stage.on, 'Eve')
    expect((await stranger.call('GET', `/api/v1/runs/${runId}`)).status).toBe(404)
    expect((await stranger.call('POST', `/api/v1/runs/${runId}/stop`)).status).toBe(404)
  })
})

describe('the events of a run', () => {
  test('are its steps and its end, and go on behind the last that was seen', async () => {
    const id = await stage.makeAssistant({ tools: allTools })
    stage.provider.script(
      { kind: 'tool_call', name: 'list_conversations', arguments: {} },
      { kind: 'answer', text: 'None.' },
    )
    const runId = await stage.startRun(id, 'Which?')
    await stage.advance(runId)
    const read = async (headers: Record<string, string> = {}) => {
      const { token } = stage.ada
      const answer = await stage.on.request('GET', `/api/v1/runs/${runId}/events`, { token, headers })
      return [...(await answer.text()).matchAll(/^id: (\d+)\nevent: ([\w.]+)/gm)].map(
        ([, ordinal, event]) => `${ordinal} ${event}`,
      )
    }
    expect(await read()).toEqual(['1 step', '2 step', '3 step', '3 run.done'])
    expect(await read({ 'last-event-id': '2' })).toEqual(['3 step', '3 run.done'])
  })
})

describe('what an assistant would write', () => {
  async function waiting() {
    const id = await stage.makeAssistant({ tools: allTools })
    stage.provider.script({ kind: 'tool_call', ...write })
    const runId = await stage.startRun(id, 'Write the plan.')
    await stage.advance(runId)
    expect((await stage.find(runId)).state).toBe('waiting')
    const [approval] = (await stage.approvals()).filter((one) => one.runId === runId)
    if (!approval) throw new Error('Nothing waits.')
    return { runId, approval }
  }
  const documents = async () =>
    (await stage.ada.call<{ data: { id: string; name: string }[] }>('GET', '/api/v1/documents')).body.data

  test('waits in the inbox with its exact arguments, and is done once it is approved', async () => {
    const { runId, approval } = await waiting()
    expect(approval).toMatchObject({ tool: 'create_document', state: 'waiting', arguments: write.arguments })
    const before = (await documents()).length
    // Going on without a decision changes nothing.
    await stage.advance(runId)
    expect((await stage.find(runId)).state).toBe('waiting')
    expect((await documents()).length).toBe(before)
    const approved = await stage.ada.call('POST', `/api/v1/approvals/${approval.id}/approve`, {})
    expect(approved.body).toMatchObject({ state: 'approved', decidedBy: stage.ada.userId })
    stage.provider.script({ kind: 'answer', text: 'Written.' })
    await stage.advance(runId)
    expect(await stage.find(runId)).toMatchObject({ state: 'done', output: { text: 'Written.' } })
    expect((await documents()).map(({ name }) => name)).toContain('Plan.md')
    expect((await documents()).length).toBe(before + 1)
    const audit = await stage.on.platform.database.query(
      `select actor_id from freehold.audit_entries where entity_id = $1 and action = 'approval.approve'`,
      [approval.id],
    )
    expect(audit).toEqual([{ actor_id: stage.ada.userId }])
  })

  test('is done as the person changed it', async () => {
    const { runId, approval } = await waiting()
    const edited = { title: 'Other plan', content: 'Sell cloves.' }
    const bad = await stage.ada.call('POST', `/api/v1/approvals/${approval.id}/approve`, {
      arguments: { title: '' },
    })
    expect(bad.status).toBe(400)
    await stage.ada.call('POST', `/api/v1/approvals/${approval.id}/approve`, { arguments: edited })
    stage.provider.script({ kind: 'answer', text: 'Written.' })
    await stage.advance(runId)
    const tool = (await stage.steps(runId)).find(({ kind }) => kind === 'tool')
    expect(tool?.input).toEqual(edited)
    expect((await documents()).map(({ name }) => name)).toContain('Other plan.md')
  })

  test('is not done where a person rejects it, and the model is told why', async () => {
    const { runId, approval } = await waiting()
    const before = (await documents()).length
    await stage.ada.call('POST', `/api/v1/approvals/${approval.id}/reject`, { note: 'Not this week.' })
    stage.provider.script({ kind: 'answer', text: 'Very well.' })
    await stage.advance(runId)
    expect((await stage.find(runId)).state).toBe('done')
    expect((await documents()).length).toBe(before)
    expect(JSON.stringify(stage.provider.calls.at(-1)?.body)).toContain('Not this week.')
  })

  test('is decided once: of two who come together one is told that it has been', async () => {
    const { approval } = await waiting()
    const decide = (what: string) => stage.ada.call('POST', `/api/v1/approvals/${approval.id}/${what}`, {})
    const answers = await Promise.all([decide('approve'), decide('reject')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('is not done where nobody decides in time', async () => {
    const { runId } = await waiting()
    const before = (await documents()).length
    await stage.on.platform.database.query(
      `update freehold.assistant_approvals set expires_at = now() - interval '1 second' where run_id = $1`,
      [runId],
    )
    await stage.runJob('assistants.expire-approvals', {})
    stage.provider.script({ kind: 'answer', text: 'Nobody came.' })
    await stage.advance(runId)
    expect(JSON.stringify(stage.provider.calls.at(-1)?.body)).toContain('nobody decided in time')
    expect((await documents()).length).toBe(before)
  })

  test('is decided by no key, though its person made it', async () => {
    const fresh = await signUp(stage.on)
    const { body } = await fresh.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'bot' })
    const id = await stage.makeAssistant({ tools: allTools }, fresh)
    stage.provider.script({ kind: 'tool_call', ...write })
    const runId = await stage.startRun(id, 'Write.', fresh)
    await stage.advance(runId)
    const [approval] = await stage.approvals(fresh)
    const answer = await stage.on.request('POST', `/api/v1/approvals/${approval?.id}/approve`, {
      token: body.key,
      body: {},
    })
    expect(answer.status).toBe(403)
  })
})
