import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { newId } from '../../../platform/ids.ts'
import { chooseModel } from '../../gateway/index.ts'
import type { Answers, AnswerTask } from '../answers.ts'
import { answerUnderWay, conversationNotFound } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { type MessageView, presentMessage } from '../present.ts'
import { makeTitle } from '../rules/make-title.ts'
import { citationsCell, contentCell, openSeal, previewCell, titleCell } from '../sealed-messages.ts'
import {
  findConversation,
  hasAnswerUnderWay,
  insertConversation,
  insertMessage,
  updateConversation,
} from '../store.ts'

export interface StartedAnswer {
  conversation: { id: string; title: string }
  userMessage: MessageView
  message: MessageView
  task: AnswerTask
}

const previewLength = 140

/**
 * Stores the question and an empty answer before any model is called.
 * @throws conversations.not_found (404), answer_under_way (409), model_not_found (404), model_not_allowed (403)
 */
export async function startAnswer(
  answers: Answers,
  caller: Caller,
  input: {
    content: string
    conversationId?: string | undefined
    model?: string | undefined
    collectionIds?: readonly string[] | undefined
  },
): Promise<StartedAnswer> {
  const { platform, gateway } = answers
  requirePermission(caller, 'write:conversations')
  const model = await chooseModel(gateway, caller, input.model)
  return withTenant(platform, caller, async (scope) => {
    const { organizationId, now, tx } = scope
    const seal = await openSeal(platform, scope)
    const known = input.conversationId
      ? await findConversation(tx, input.conversationId, ownerOf(caller))
      : undefined
    if (input.conversationId && !known) throw conversationNotFound()
    const conversationId = known?.id ?? newId()
    const previewSealed = seal.seal(previewCell(conversationId), input.content.slice(0, previewLength))
    const title = known ? seal.open(titleCell(known.id), known.titleSealed) : makeTitle(input.content)
    if (known) {
      if (await hasAnswerUnderWay(tx, known.id)) throw answerUnderWay()
      await updateConversation(tx, known.id, { previewSealed, updatedAt: now })
    } else {
      const titleSealed = seal.seal(titleCell(conversationId), title)
      const row = {
        organizationId,
        id: conversationId,
        titleSealed,
        previewSealed,
        createdBy: ownerOf(caller),
      }
      await insertConversation(tx, { ...row, createdAt: now, updatedAt: now })
    }
    const insert = (
      id: string,
      fields: { role: 'user' | 'assistant'; content: string; status: 'complete' | 'streaming' },
    ) =>
      insertMessage(tx, {
        organizationId,
        id,
        conversationId,
        role: fields.role,
        contentSealed: seal.seal(contentCell(id), fields.content),
        citationsSealed: seal.seal(citationsCell(id), '[]'),
        status: fields.status,
        ...(fields.role === 'assistant' ? { requestId: newId(), model, nodeId: platform.nodeId } : {}),
        createdAt: now,
      })
    const question = await insert(newId(), { role: 'user', content: input.content, status: 'complete' })
    const answer = await insert(newId(), { role: 'assistant', content: '', status: 'streaming' })
    if (answer.requestId === null) throw new Error('An answer has a request id.')
    await publishEvent(scope, { type: 'message.created', data: { conversationId, messageId: question.id } })
    return {
      conversation: { id: conversationId, title },
      userMessage: await presentMessage(scope, seal, question),
      message: await presentMessage(scope, seal, answer),
      task: {
        organizationId,
        conversationId,
        messageId: answer.id,
        requestId: answer.requestId,
        question: input.content,
        model,
        collectionIds: input.collectionIds,
      },
    }
  })
}
