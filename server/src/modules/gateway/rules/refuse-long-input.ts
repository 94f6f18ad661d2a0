import type { ChatRequest } from '../contract.ts'
import { contextTooLong } from '../errors.ts'
import type { ModelDeployment } from './catalogue.ts'
import { estimateInputTokens } from './estimate-tokens.ts'

/** Of any text that anybody writes, a token covers fewer; only runs of one character are longer, so those are shortened first. */
const mostBytesPerToken = 8

/**
 * Refuses an input that cannot fit the model, before anything is held or sent. Only what is certainly too long: nobody has
 * counted it yet, and what is in doubt the provider decides.
 * @throws context_too_long (400), with the numbers
 */
export function refuseLongInput(
  body: ChatRequest,
  { id, contextTokens }: Pick<ModelDeployment, 'id' | 'contextTokens'>,
): void {
  if (contextTokens === null) return
  const most = contextTokens * mostBytesPerToken
  // Most inputs are far below, and their length is quick to know.
  const texts = textsOf(body)
  if (texts.reduce((sum, text) => sum + text.length, 0) * 3 <= most) return
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text.replace(/(.)\1{7,}/gsu, '$1')), 0)
  if (bytes <= most) return
  const about = estimateInputTokens(body)
  throw contextTooLong({
    message: `The input has about ${about.toLocaleString('en')} tokens, and the model '${id}' takes ${contextTokens.toLocaleString('en')}. Send less, or use a model with a longer context.`,
    details: { param: 'messages', estimatedTokens: about, contextTokens },
  })
}

function textsOf({ messages }: ChatRequest): string[] {
  return messages.flatMap(({ content }) => {
    if (typeof content === 'string') return [content]
    return (content ?? []).flatMap((part) => (typeof part.text === 'string' ? [part.text] : []))
  })
}
