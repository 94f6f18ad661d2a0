import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { AppError } from '../../../platform/errors.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { streamChat } from '../../gateway/index.ts'
import { searchPassages } from '../../knowledge/index.ts'
import { AnswerAborted } from '../answer-aborted.ts'
import type { Answers, AnswerTask } from '../answers.ts'
import { listMessagesUpTo } from '../branches-store.ts'
import { answerFailed, answerInterrupted } from '../errors.ts'
import { createPieceWriter } from '../piece-writer.ts'
import { buildPrompt, fitHistory, type PromptMessage, type PromptPassage } from '../rules/build-prompt.ts'
import { keepCited } from '../rules/cited-markers.ts'
import { quoteOf } from '../rules/quote-of.ts'
import { citationsCell, contentCell, openSeal } from '../sealed-messages.ts'
import { deletePieces, type MessageRow, updateMessage, updateMessageEnded } from '../store.ts'

const passagesPerAnswer = 6
const historyMessages = 20
const historyCharacters = 24_000

/**
 * Writes one answer to its end: retrieve, keep the citations, stream, and fold the pieces into the message. Never
 * rejects: what goes wrong is told in the message.
 */
export async function writeAnswer(
  answers: Answers,
  caller: Caller,
  task: AnswerTask,
  signal: AbortSignal,
): Promise<void> {
  const pieces = createPieceWriter(answers, caller, task)
  let passages: PromptPassage[] = []
  try {
    const found = await retrieve(answers, caller, task, signal)
    passages = found.prompt
    const history = await readHistory(answers, caller, task)
    const stream = await streamChat(answers.gateway, caller, {
      requestId: task.requestId,
      purpose: 'message',
      tag: null,
      body: { model: task.model, messages: buildPrompt(passages, history, task.question) },
      passages: found.quotable,
      signal,
    })
    for await (const chunk of stream.chunks) {
      pieces.add(chunk.textDelta)
      signal.throwIfAborted()
    }
    await end(answers, caller, task, await pieces.finish(), passages, { status: 'complete' })
  } catch (error) {
    await endBadly(answers, caller, task, pieces, passages, signal.aborted ? signal.reason : error)
  }
}

/** The passages for the question, stored as the message's citations before the first word is written. */
async function retrieve(answers: Answers, caller: Caller, task: AnswerTask, signal: AbortSignal) {
  const hits = await searchPassages(
    answers.knowledge,
    caller,
    { query: task.question.slice(0, 2_000), limit: passagesPerAnswer, collectionIds: task.collectionIds },
    signal,
  )
  const prompt = hits.map(({ passage }, index) => ({
    text: passage.text,
    citation: {
      marker: index + 1,
      passageId: passage.id,
      documentId: passage.documentId,
      documentName: passage.documentName,
      page: passage.page,
      heading: passage.heading,
      quote: quoteOf(passage.text, '', index + 1),
      startOffset: passage.startOffset,
      endOffset: passage.endOffset,
    },
  }))
  const quotable = hits.map(({ passage, score, similarity }, index) => ({
    marker: index + 1,
    text: passage.text,
    documentName: passage.documentName,
    page: passage.page,
    heading: passage.heading,
    score,
    similarity,
  }))
  await withTenant(answers.platform, caller, async (scope) => {
    const seal = await openSeal(answers.platform, scope)
    const citations = JSON.stringify(prompt.map(({ citation }) => citation))
    await updateMessage(scope.tx, task.messageId, {
      citationsSealed: seal.seal(citationsCell(task.messageId), citations),
      retrievedAt: scope.now,
    })
  })
  await answers.nudge(task.messageId)
  return { prompt, quotable }
}

async function readHistory(answers: Answers, caller: Caller, task: AnswerTask): Promise<PromptMessage[]> {
  return withTenant(answers.platform, caller, async (scope) => {
    const seal = await openSeal(answers.platform, scope)
    const rows = await listMessagesUpTo(scope.tx, task.questionId, historyMessages)
    // The newest of them is the question itself.
    const before = rows.slice(1).filter((row) => row.status !== 'streaming')
    const history = before.map((row: MessageRow) => ({
      role: row.role,
      content: seal.open(contentCell(row.id), row.contentSealed),
    }))
    return fitHistory(
      history.filter((message) => message.content !== ''),
      historyCharacters,
    )
  })
}

type Ending =
  | { status: 'complete' }
  | { status: 'stopped' }
  | { status: 'failed' | 'interrupted'; error: { code: string; message: string } }

async function endBadly(
  answers: Answers,
  caller: Caller,
  task: AnswerTask,
  pieces: ReturnType<typeof createPieceWriter>,
  passages: readonly PromptPassage[],
  error: unknown,
): Promise<void> {
  const { logger } = answers.platform
  try {
    // The last piece may be what failed; then what was stored before it counts.
    const text = await pieces.finish().catch(() => pieces.stored())
    await end(answers, caller, task, text, passages, endingOf(error))
    if (!(error instanceof AnswerAborted)) {
      logger.warn({ err: error, messageId: task.messageId, requestId: task.requestId }, 'an answer failed')
    }
  } catch (second) {
    // The database is away: the message stays "streaming" and recovery ends it once this node is gone.
    logger.error({ err: second, messageId: task.messageId }, 'the end of an answer could not be stored')
  }
}

function endingOf(error: unknown): Ending {
  if (error instanceof AnswerAborted) {
    return error.why === 'stopped'
      ? { status: 'stopped' }
      : { status: 'interrupted', error: { code: answerInterrupted.code, message: answerInterrupted.message } }
  }
  if (error instanceof AppError && error.status !== 500) {
    return { status: 'failed', error: { code: error.code, message: error.message } }
  }
  return { status: 'failed', error: { code: answerFailed.code, message: answerFailed.message } }
}

async function end(
  answers: Answers,
  caller: Caller,
  task: AnswerTask,
  text: string,
  passages: readonly PromptPassage[],
  ending: Ending,
): Promise<void> {
  // Who sees the answer ended sees its receipt.
  if (caller.organizationId !== null) await answers.gateway.platform.gate.recorded(caller.organizationId)
  await withTenant(answers.platform, caller, async (scope) => {
    const seal = await openSeal(answers.platform, scope)
    const cited = keepCited(
      passages.map((passage) => ({
        ...passage.citation,
        quote: quoteOf(passage.text, text, passage.citation.marker),
      })),
      text,
    )
    const ended = await updateMessageEnded(scope.tx, task.messageId, {
      status: ending.status,
      contentSealed: seal.seal(contentCell(task.messageId), text),
      citationsSealed: seal.seal(citationsCell(task.messageId), JSON.stringify(cited)),
      nodeId: null,
      ...('error' in ending ? { errorCode: ending.error.code, errorMessage: ending.error.message } : {}),
    })
    if (!ended) return
    await deletePieces(scope.tx, task.messageId)
    const data = { conversationId: task.conversationId, messageId: task.messageId, status: ending.status }
    await publishEvent(scope, { type: 'message.answered', data })
  })
  await answers.nudge(task.messageId)
}
