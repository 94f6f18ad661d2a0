import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { chooseModel } from '../../gateway/index.ts'
import type { Answers } from '../answers.ts'
import { messageNotFound, notAnAnswer } from '../errors.ts'
import { ownerOf } from '../owner.ts'
import { openSeal } from '../sealed-messages.ts'
import { findMessage } from '../store.ts'
import { beginAnswer, type StartedAnswer } from './begin-answer.ts'
import { goOn } from './start-answer.ts'

/**
 * Begins another answer to the same question, beside the one there is.
 * @throws message_not_found (404), not_an_answer (400), answer_under_way (409), model_not_found (404),
 * model_not_allowed (403)
 */
export async function regenerateAnswer(
  answers: Answers,
  caller: Caller,
  messageId: string,
  input: { model?: string | undefined; collectionIds?: readonly string[] | undefined },
): Promise<StartedAnswer> {
  const { platform, gateway } = answers
  requirePermission(caller, 'write:conversations')
  const model = await chooseModel(gateway, caller, input.model)
  return withTenant(platform, caller, async (scope) => {
    const known = await findMessage(scope.tx, messageId, ownerOf(caller))
    if (!known) throw messageNotFound()
    if (known.role !== 'assistant' || known.parentId === null) throw notAnAnswer()
    const question = await findMessage(scope.tx, known.parentId, ownerOf(caller))
    if (!question) throw messageNotFound()
    const seal = await openSeal(platform, scope)
    const conversation = await goOn(scope, seal, known.conversationId)
    return beginAnswer(scope, seal, platform, {
      conversation,
      question,
      model,
      collectionIds: input.collectionIds,
    })
  })
}
