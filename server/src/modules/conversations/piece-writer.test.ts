import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { createAnswers } from './answers.ts'
import { createPieceWriter } from './piece-writer.ts'

let on: TestApp
let ada: Actor
beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
})
afterAll(() => on.dispose())

const turns = Array.from({ length: 8 }, (_, turn) => turn)

test.each(turns)(
  'a piece is stored though it comes just as the writer ends, %i turns later',
  async (turn) => {
    const asked = await ada.call<{ message: { id: string; conversationId: string } }>(
      'POST',
      '/api/v1/messages',
      {
        content: 'What is stored?',
      },
    )
    const { id: messageId, conversationId } = asked.body.message
    const { organizationId } = ada
    const requestId = newId()
    const task = {
      organizationId,
      conversationId,
      messageId,
      requestId,
      questionId: messageId,
      question: '',
      model: '',
      collectionIds: undefined,
    }
    let told = () => {}
    const answers = { ...createAnswers(on.knowledge), nudge: async () => told() }
    const pieces = createPieceWriter(answers, systemCaller(organizationId, requestId), task)
    told = () => {
      told = () => {}
      // The last piece before the model falls silent: nothing comes after it that would take it along.
      let later = Promise.resolve()
      for (let passed = 0; passed < turn; passed++) later = later.then(() => {})
      void later.then(() => pieces.add('last'))
    }
    pieces.add('first ')
    await expect.poll(pieces.stored).toBe('first last')
    expect(await pieces.finish()).toBe('first last')
  },
)
