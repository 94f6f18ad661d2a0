import { createHash } from 'node:crypto'

/**
 * The request id of a step: the same whenever the step is begun again, so that its usage record is written once. A UUID of
 * version 8 (RFC 9562), whose bits are those of a hash.
 */
export function stepRequestId(runId: string, key: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([runId, key]))
    .digest('hex')
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 3) | 8).toString(16)
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}
