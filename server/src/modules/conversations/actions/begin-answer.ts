import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { AnswerTask } from '../answers.ts'
import { updateSiblingsNotChosen } from '../branches-store.ts'
import { type MessageView, presentMessages } from '../present.ts'
import { citationsCell, contentCell, type Seal } from '../sealed-messages.ts'
import { insertMessage, type MessageRow } from '../store.ts'

export interface StartedAnswer {
  conversation: { id: string; title: string }
  userMessage: MessageView
  message: MessageView
  task: AnswerTask
}

/** Stores a question behind a message; it is chosen among those that stand there. */
export async function insertQuestion(
  scope: Scope,
  seal: Seal,
  question: { conversationId: string; parentId: string | null; content: string },
): Promise<MessageRow> {
  const { conversationId, parentId } = question
  const id = newId()
  await updateSiblingsNotChosen(scope.tx, conversationId, parentId)
  return insertMessage(scope.tx, {
    organizationId: scope.organizationId,
    id,
    conversationId,
    parentId,
    role: 'user',
    contentSealed: seal.seal(contentCell(id), question.content),
    citationsSealed: seal.seal(citationsCell(id), '[]'),
    status: 'complete',
    createdAt: scope.now,
  })
}

/** Stores an empty answer behind a question, chosen among its answers, and says what there is to write. */
export async function beginAnswer(
  scope: Scope,
  seal: Seal,
  platform: Platform,
  begun: {
    conversation: { id: string; title: string }
    question: MessageRow
    model: string
    collectionIds: readonly string[] | undefined
  },
): Promise<StartedAnswer> {
  const { conversation, question, model } = begun
  const id = newId()
  const requestId = newId()
  await updateSiblingsNotChosen(scope.tx, conversation.id, question.id)
  const answer = await insertMessage(scope.tx, {
    organizationId: scope.organizationId,
    id,
    conversationId: conversation.id,
    parentId: question.id,
    role: 'assistant',
    contentSealed: seal.seal(contentCell(id), ''),
    citationsSealed: seal.seal(citationsCell(id), '[]'),
    status: 'streaming',
    requestId,
    model,
    nodeId: platform.nodeId,
    createdAt: scope.now,
  })
  const [userMessage, message] = await presentMessages(scope, seal, [question, answer])
  if (!userMessage || !message) throw new Error('Two messages have two views.')
  return {
    conversation,
    userMessage,
    message,
    task: {
      organizationId: scope.organizationId,
      conversationId: conversation.id,
      messageId: id,
      requestId,
      questionId: question.id,
      question: userMessage.content,
      model,
      collectionIds: begun.collectionIds,
    },
  }
}
