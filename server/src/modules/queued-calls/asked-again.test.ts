import { expect, test } from 'vitest'
import { setQueueStage } from './queued-calls.fixture.ts'

const stage = setQueueStage({ FREEHOLD_JOURNAL: 'database' })

test('where calls are held in the database too, one that is asked again is billed once and holds nothing', async () => {
  const { on, ada, provider } = stage
  await ada.call('POST', '/api/v1/budgets', { window: 'day', limitUsd: '1' })
  const { id } = await stage.queue()
  const answer = { kind: 'answer', tokens: { prompt: 1_000, completion: 100 } } as const
  provider.script(answer, answer)
  const { database } = on.platform
  const [before] = await database.query('select request_sealed from freehold.queued_calls where id = $1', [
    id,
  ])
  await stage.run('answer-call', id)
  // Killed before it could say that it was done.
  await database.query(
    `update freehold.queued_calls set status = 'running', request_sealed = $2, result_sealed = null where id = $1`,
    [id, before?.request_sealed],
  )
  await stage.run('answer-call', id)
  expect(provider.calls).toHaveLength(2)
  expect(await stage.records(id)).toMatchObject([{ status: 'ok', cost: '210000' }])
  expect((await ada.call('GET', '/api/v1/budgets')).body).toMatchObject({
    data: [{ settledNanos: '210000', heldNanos: '0' }],
  })
})
