import type { HeaderReader } from '../../../platform/auth/credentials.ts'
import { validationFailed } from '../../../platform/errors.ts'

/** What is to become of an answer that could be kept. */
export interface CacheWish {
  /** Whether one that is kept may be given. */
  reads: boolean
  /** For how long a new one is kept; undefined where it is not. */
  ttlSeconds: number | undefined
  /** The caller asked for it with this call, and so knows what it means. */
  isAsked: boolean
}

export const cacheHeader = 'x-freehold-cache'
const longestSeconds = 86_400

/**
 * The wish of a call: its header `X-Freehold-Cache` (`ttl=600`, `no-cache`, `no-store`), else the organization's setting;
 * undefined where neither says anything.
 * @throws validation_failed (400)
 */
export function readCacheWish(headers: HeaderReader, settingSeconds: number | null): CacheWish | undefined {
  const header = headers.get(cacheHeader)?.trim().toLowerCase()
  const standard = settingSeconds ?? undefined
  if (header === undefined)
    return standard === undefined ? undefined : { reads: true, ttlSeconds: standard, isAsked: false }
  const ttl = /^ttl=(\d{1,6})$/.exec(header)?.[1]
  if (ttl !== undefined && Number(ttl) >= 1 && Number(ttl) <= longestSeconds)
    return { reads: true, ttlSeconds: Number(ttl), isAsked: true }
  if (header === 'no-cache') return { reads: false, ttlSeconds: standard, isAsked: false }
  if (header === 'no-store') return { reads: false, ttlSeconds: undefined, isAsked: false }
  const message = `must be "ttl=" and 1 to ${longestSeconds} seconds, "no-cache" or "no-store"`
  throw validationFailed({
    message: `X-Freehold-Cache ${message}.`,
    details: { problems: [{ in: 'header', field: 'X-Freehold-Cache', message }] },
  })
}
