import { estimateTokens } from '../../rules/estimate-tokens.ts'
import { encodeVector } from '../embedding-encoding.ts'
import type { EmbedCall, EmbedResult } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'

/** Makes one vector of each text, in their order, all of one length. */
export type EmbedTexts = (texts: readonly string[], signal: AbortSignal) => Promise<readonly Float32Array[]>

/** Embeddings by a function of this server, as an OpenAI reply. */
export async function embedTexts(
  call: EmbedCall,
  embed: EmbedTexts,
  providerId: string,
): Promise<EmbedResult> {
  const { input, dimensions, encoding_format: format } = call.body
  const texts = (Array.isArray(input) ? input : [input]).filter((item) => typeof item === 'string')
  if (texts.length === 0) {
    throw rejected(
      providerId,
      'The built-in embeddings take texts, not arrays of tokens. Send the text itself.',
      'input',
    )
  }
  call.signal.throwIfAborted()
  const vectors = await embed(texts, call.signal)
  call.signal.throwIfAborted()
  const size = vectors[0]?.length ?? 0
  if (dimensions && dimensions !== size) {
    throw rejected(
      providerId,
      `The built-in embeddings have ${size} dimensions. Leave 'dimensions' out.`,
      'dimensions',
    )
  }
  const promptTokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0)
  const data = vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: encodeVector(vector, format ?? 'float'),
  }))
  return {
    body: {
      object: 'list',
      model: call.body.model,
      data,
      usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    },
    usage: { promptTokens, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0, reportedCostNanos: 0n },
  }
}

export function rejected(providerId: string, message: string, param: string | null): ProviderError {
  return new ProviderError({ kind: 'rejected', providerId, message, param })
}
