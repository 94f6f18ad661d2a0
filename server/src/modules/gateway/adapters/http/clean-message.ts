const longestMessage = 500
const shortestSecret = 4
/** The patterns are not meant for texts of any length. */
const longestRead = 2_000

// What looks like a key, an account or an address, even when the provider has masked its middle with asterisks.
const revealing: readonly RegExp[] = [
  /\bBearer\s+\S+/gi,
  /\b(?:sk|pk|rk|gsk|xai)[-_][\w*.…-]{4,}/gi,
  /\b(?:key|org|proj|user|acct)[-_](?=[\w-]*\d)[\w-]{4,}/gi,
  /\bAIza[\w-]{8,}/g,
  /\b[\w.-]*\*{3,}[\w.-]*/g,
  /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g,
]

/**
 * A provider's own words about a refused request, fit to be shown to the caller: one line, no markup, no secret, no
 * account, no address, at most 500 characters. Undefined when nothing fit is left.
 */
export function cleanMessage(message: unknown, secrets: readonly string[]): string | undefined {
  if (typeof message !== 'string' || /<\/?[a-z!]/i.test(message)) return undefined
  let text = message
  for (const secret of secrets) {
    if (secret.length >= shortestSecret) text = text.replaceAll(secret, '[removed]')
  }
  // Secrets went first, so that none is cut in two and no longer known.
  text = text.slice(0, longestRead)
  for (const pattern of revealing) text = text.replace(pattern, '[removed]')
  // Control characters would let a provider's text move the cursor of a terminal that shows it.
  text = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  if (text === '') return undefined
  return text.length > longestMessage ? `${text.slice(0, longestMessage).trimEnd()}…` : text
}
