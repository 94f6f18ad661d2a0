import { wantedFormat } from './answer-format.ts'
import { collectTexts, isJsonObject, type Json } from './json-texts.ts'
import type { Protocol } from './protocol.ts'
import { mapRequestTexts, messagesOf, requestTexts } from './request-texts.ts'

/** OpenAI's chat completions. */
export const chatProtocol: Protocol = {
  requestTexts,
  mapRequestTexts,
  countMessages: (body) => messagesOf(body).length,
  wantedFormat: ({ response_format: format }) => wantedFormat(format),
  createReader: () => (piece) => {
    const choices = choicesOf(piece)
    return {
      texts: choices.flatMap(({ choice, index }) => collectTexts(saidIn(choice), String(index))),
      callsTools: choices.some(({ choice }) => callsTools(choice)),
      ends: () => false,
    }
  },
  contents: (answer) =>
    choicesOf(answer).map(({ choice }) => {
      const { content } = saidIn(choice)
      return { text: typeof content === 'string' ? content : '', callsTools: callsTools(choice) }
    }),
  afterChange(piece) {
    const choices = choicesOf(piece)
    for (const { choice } of choices) delete choice.logprobs
    const first = choices.find(({ index }) => index === 0)?.choice
    const content = first && saidIn(first).content
    return typeof content === 'string' ? content : ''
  },
}

/** The choices of an answer or a chunk, each with its number. */
function choicesOf({ choices }: Json): { choice: Json; index: number }[] {
  if (!Array.isArray(choices)) return []
  return choices.filter(isJsonObject).map((choice, position) => ({
    choice,
    index: typeof choice.index === 'number' ? choice.index : position,
  }))
}

function saidIn({ delta, message }: Json): Json {
  if (isJsonObject(delta)) return delta
  return isJsonObject(message) ? message : {}
}

function callsTools(choice: Json): boolean {
  const { tool_calls: calls } = saidIn(choice)
  return Array.isArray(calls) && calls.length > 0
}
