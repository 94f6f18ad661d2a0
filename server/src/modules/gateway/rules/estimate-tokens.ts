const bytesPerToken = 4

/**
 * About how many tokens a text has, where no provider has counted: four UTF-8 bytes to a token, which is within a
 * third of the truth for prose. An estimate for receipts, not a bound; `bound-call.ts` has the bound.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken)
}
