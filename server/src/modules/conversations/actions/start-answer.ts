import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller, Scope } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { newId } from '../../../platform/ids.ts'
import { chooseModel } from '../../gateway/index.ts'
import type { Answers } from '../answers.ts'
import { findChosenEnd, lockConversation } from '../branches-store.ts'
import { answerUnderWay, conversationNotFound, messageNotFound, notAQuestion } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { makeTitle } from '../rules/make-title.ts'
import { openSeal, previewCell, type Seal, titleCell } from '../sealed-messages.ts'
import {
  findConversation,
  findMessage,
  hasAnswerUnderWay,
  insertConversation,
  updateConversation,
} from '../store.ts'
import { beginAnswer, insertQuestion, type StartedAnswer } from './begin-answer.ts'

const previewLength = 140

interface NewQuestion {
  content: string
  conversationId?: string | undefined
  /** A question of the conversation that this one stands beside and takes the place of. */
  editedMessageId?: string | undefined
  model?: string | undefined
  collectionIds?: readonly string[] | undefined
}

/**
 * Stores the question and an empty answer before any model is called.
 * @throws conversations.not_found (404), message_not_found (404), not_a_question (400), answer_under_way (409),
 * model_not_found (404), model_not_allowed (403)
 */
export async function startAnswer(
  answers: Answers,
  caller: Caller,
  input: NewQuestion,
): Promise<StartedAnswer> {
  const { platform, gateway } = answers
  requirePermission(caller, 'write:conversations')
  const model = await chooseModel(gateway, caller, input.model)
  return withTenant(platform, caller, async (scope) => {
    const seal = await openSeal(platform, scope)
    const place = await findPlace(scope, input)
    const conversation = place
      ? await goOn(scope, seal, place.conversationId, input.content)
      : await beginConversation(scope, seal, input.content)
    const question = await insertQuestion(scope, seal, {
      conversationId: conversation.id,
      parentId: place?.parentId ?? null,
      content: input.content,
    })
    const started = await beginAnswer(scope, seal, platform, {
      conversation,
      question,
      model,
      collectionIds: input.collectionIds,
    })
    await publishEvent(scope, {
      type: 'message.created',
      data: { conversationId: conversation.id, messageId: question.id },
    })
    return started
  })
}

/** Where the question goes; undefined for a new conversation. */
async function findPlace(
  scope: Scope,
  input: NewQuestion,
): Promise<{ conversationId: string; parentId: string | null } | undefined> {
  const ownerId = ownerOf(scope.caller)
  if (input.editedMessageId !== undefined) {
    const edited = await findMessage(scope.tx, input.editedMessageId, ownerId)
    if (!edited || (input.conversationId ?? edited.conversationId) !== edited.conversationId)
      throw messageNotFound()
    if (edited.role !== 'user') throw notAQuestion()
    return { conversationId: edited.conversationId, parentId: edited.parentId }
  }
  if (input.conversationId === undefined) return undefined
  if (!(await findConversation(scope.tx, input.conversationId, ownerId))) throw conversationNotFound()
  // Two questions at once would both be the next one.
  await lockConversation(scope.tx, input.conversationId)
  const end = await findChosenEnd(scope.tx, input.conversationId)
  return { conversationId: input.conversationId, parentId: end?.id ?? null }
}

async function beginConversation(scope: Scope, seal: Seal, content: string) {
  const id = newId()
  const title = makeTitle(content)
  await insertConversation(scope.tx, {
    organizationId: scope.organizationId,
    id,
    titleSealed: seal.seal(titleCell(id), title),
    previewSealed: seal.seal(previewCell(id), content.slice(0, previewLength)),
    createdBy: ownerOf(scope.caller),
    createdAt: scope.now,
    updatedAt: scope.now,
  })
  return { id, title }
}

/**
 * A conversation that is spoken in again: the latest, and no longer archived. One answer at a time is written in it.
 * @param content what its preview says from now on; as it was when left out
 * @throws conversations.not_found (404), answer_under_way (409)
 */
export async function goOn(scope: Scope, seal: Seal, id: string, content?: string) {
  await lockConversation(scope.tx, id)
  const row = await findConversation(scope.tx, id, ownerOf(scope.caller))
  if (!row) throw conversationNotFound()
  if (await hasAnswerUnderWay(scope.tx, id)) throw answerUnderWay()
  await updateConversation(scope.tx, id, {
    ...(content === undefined
      ? {}
      : { previewSealed: seal.seal(previewCell(id), content.slice(0, previewLength)) }),
    updatedAt: scope.now,
    archivedAt: null,
  })
  return { id, title: seal.open(titleCell(id), row.titleSealed) }
}
