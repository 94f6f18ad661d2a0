import { isObject, type JsonObject } from './json-object.ts'

/**
 * Reasoning in a chat completion, in the form OpenRouter gave it and its clients know: `reasoning` is the text to show,
 * `reasoning_details` what the provider wants back unchanged in the next turn (signatures, encrypted blocks).
 */
export type ReasoningDetail = JsonObject

/** The text that a message or a delta adds to the reasoning; DeepSeek and vLLM name it their own way. */
export function reasoningTextOf(message: JsonObject): string {
  const text = message.reasoning ?? message.reasoning_content
  return typeof text === 'string' ? text : ''
}

export function reasoningDetailsOf(message: JsonObject): readonly ReasoningDetail[] {
  const details = message.reasoning_details
  return Array.isArray(details) ? details.filter(isObject) : []
}

const grownFields = ['text', 'summary', 'data', 'signature']

/** Pieces of a stream put together: those of one index and type are one detail, written in parts. */
export function joinDetails(pieces: readonly ReasoningDetail[]): ReasoningDetail[] {
  const joined: Record<string, unknown>[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    const goesOn = last?.type === piece.type && last?.index === piece.index && piece.index !== undefined
    if (!last || !goesOn) {
      joined.push({ ...piece })
      continue
    }
    for (const [name, value] of Object.entries(piece)) {
      const before = last[name]
      const grows = grownFields.includes(name) && typeof before === 'string' && typeof value === 'string'
      last[name] = grows ? before + value : (value ?? before)
    }
  }
  return joined
}

/** Details as the one string that an item of `/v1/responses` carries. It holds the provider's own words and no secret of ours. */
export function packDetails(details: readonly ReasoningDetail[]): string | null {
  return details.length === 0 ? null : Buffer.from(JSON.stringify(details)).toString('base64')
}

/** Undefined for what `packDetails` did not make, such as the encrypted reasoning of another service. */
export function unpackDetails(packed: string): readonly ReasoningDetail[] | undefined {
  try {
    const details: unknown = JSON.parse(Buffer.from(packed, 'base64').toString('utf8'))
    return Array.isArray(details) && details.every(isObject) ? details : undefined
  } catch {
    return undefined
  }
}
