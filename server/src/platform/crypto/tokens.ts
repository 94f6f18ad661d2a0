import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret of so many random bytes (at least 16), as base64url. */
export function randomToken(bytes: number): string {
  if (bytes < 16) throw new RangeError(`A token of ${bytes} bytes can be guessed; use at least 16.`)
  return randomBytes(bytes).toString('base64url')
}

/**
 * SHA-256 in hex, to store and look up what cannot be guessed anyway: API keys, refresh tokens, one-time links. Not for
 * passwords, which need a slow hash.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Compares two texts in a time that does not tell where they differ, nor how long the expected one is. */
export function safeEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
