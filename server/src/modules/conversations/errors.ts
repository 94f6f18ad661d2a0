import { defineError } from '../../platform/errors.ts'

export const conversationNotFound = defineError('conversations.not_found', 404, 'No such conversation.')
export const sharedConversationNotFound = defineError(
  'conversations.shared_not_found',
  404,
  'No such shared conversation: it is not shared any more, or it never was in this organization.',
)
export const nothingToShare = defineError(
  'conversations.nothing_to_share',
  409,
  'Nothing has been asked in this conversation yet.',
)
export const messageNotFound = defineError('conversations.message_not_found', 404, 'No such message.')
export const notAQuestion = defineError(
  'conversations.not_a_question',
  400,
  'Only a question can be edited: an answer can be written again.',
)
export const notAnAnswer = defineError(
  'conversations.not_an_answer',
  400,
  'Only an answer can be written again: a question can be edited.',
)
export const answerUnderWay = defineError(
  'conversations.answer_under_way',
  409,
  'This conversation is being answered right now. Wait for the answer, or stop it.',
)
export const answerInterrupted = defineError(
  'conversations.answer_interrupted',
  503,
  'The server stopped while it was answering; what had been written is kept. Ask again.',
)
export const answerFailed = defineError(
  'conversations.answer_failed',
  500,
  'The answer could not be completed. Ask again; the request id identifies the failure in the log.',
)
