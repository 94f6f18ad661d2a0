import type { ChatRequest } from '../contract.ts'

const bytesPerToken = 4
/** Role marks of a chat template. */
const tokensPerMessage = 4
/** About what an image of a megapixel takes; nobody has looked at this one. */
const tokensPerImage = 1_500

/**
 * About how many tokens a text has, where no provider has counted: four UTF-8 bytes to a token, which is within a
 * third of the truth for prose. An estimate for receipts, not a bound; `bound-call.ts` has the bound.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken)
}

/** About how many tokens a model reads of a request: its messages, tools and the schema of its answer. */
export function estimateInputTokens(body: ChatRequest): number {
  let tokens = 0
  for (const { content, tool_calls: calls } of body.messages) {
    tokens += tokensPerMessage
    if (typeof content === 'string') tokens += estimateTokens(content)
    else for (const part of content ?? []) tokens += partTokens(part)
    for (const call of calls ?? []) tokens += estimateTokens(JSON.stringify(call.function ?? call))
  }
  if (body.tools) tokens += estimateTokens(JSON.stringify(body.tools))
  if (body.response_format) tokens += estimateTokens(JSON.stringify(body.response_format))
  return tokens
}

function partTokens(part: Readonly<Record<string, unknown>>): number {
  if (part.type === 'image_url') return tokensPerImage
  return estimateTokens(typeof part.text === 'string' ? part.text : JSON.stringify(part))
}
