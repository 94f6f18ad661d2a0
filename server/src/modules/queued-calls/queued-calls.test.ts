import { describe, expect, test } from 'vitest'
import { signUp } from '../../testing/test-app.ts'
import { model, setQueueStage } from './queued-calls.fixture.ts'

const stage = setQueueStage()
const dayMs = 86_400_000

async function newKey(): Promise<{ key: string; id: string }> {
  const { body } = await stage.ada.call<{ key: string; id: string }>('POST', '/api/v1/api-keys', {
    name: 'of a test',
  })
  return body
}

test('a queued call is accepted, waits, and is answered and billed as any other', async () => {
  const { on, provider } = stage
  const { response, id } = await stage.queue({ headers: { 'x-freehold-tag': 'nightly' } })
  expect(response.status).toBe(202)
  expect(response.headers.get('location')).toBe(`/api/v1/queued-calls/${id}`)
  expect(response.headers.get('preference-applied')).toBe('respond-async')
  expect(await response.json()).toEqual({ id, status: 'waiting', url: `/api/v1/queued-calls/${id}` })

  const waiting = await stage.find(id)
  expect(waiting.status).toBe(202)
  expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(waiting.body).toMatchObject({ status: 'waiting', response: null, error: null })
  expect(provider.calls).toHaveLength(0)

  provider.script({ kind: 'answer', text: 'Good evening.', tokens: { prompt: 1_000, completion: 100 } })
  await stage.run('answer-call', id)
  const { status, body } = await stage.find(id)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'completed',
    statusCode: 200,
    requestId: id,
    errorCode: null,
    response: { object: 'chat.completion', model, choices: [{ message: { content: 'Good evening.' } }] },
    error: null,
    webhook: null,
  })
  // 1,000 × 0.15 + 100 × 0.60 dollars a million.
  expect(await stage.records(id)).toEqual([{ status: 'ok', error_code: null, cost: '210000', tag: 'nightly' }])
  const [row] = await on.platform.database.query('select * from freehold.queued_calls where id = $1', [id])
  expect(row).toMatchObject({ request_sealed: null, tries: 1 })
  expect(JSON.stringify(row)).not.toContain('Good evening')
})
