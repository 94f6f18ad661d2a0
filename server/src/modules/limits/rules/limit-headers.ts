import type { Standing } from '../../../platform/cache/index.ts'
import type { Measure } from './limit-terms.ts'

/** A limit of a call, and how it stands. */
export interface Told {
  measure: Measure
  limit: number
  standing: Standing
}

/** What is left of the tightest limit of each measure, in OpenAI's names, and of requests in those of RateLimit too. */
export function limitHeaders(told: readonly Told[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const measure of ['requests', 'tokens', 'concurrent'] as const) {
    const one = tightest(told.filter((each) => each.measure === measure))
    if (!one) continue
    headers[`x-ratelimit-limit-${measure}`] = String(one.limit)
    headers[`x-ratelimit-remaining-${measure}`] = String(remaining(one))
    // When a place is free nobody knows.
    if (measure !== 'concurrent') headers[`x-ratelimit-reset-${measure}`] = duration(one.standing.resetMs)
    if (measure === 'requests') {
      headers['ratelimit-limit'] = String(one.limit)
      headers['ratelimit-remaining'] = String(remaining(one))
      headers['ratelimit-reset'] = String(Math.ceil(one.standing.resetMs / 1_000))
    }
  }
  return headers
}

function remaining({ limit, standing }: Told): number {
  return Math.max(0, limit - standing.used)
}

function tightest(told: readonly Told[]): Told | undefined {
  return told.toSorted((a, b) => remaining(a) - remaining(b))[0]
}

/** As OpenAI writes it: `120ms`, `1s`, `1.5s`, `1m0s`. */
function duration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Number(((ms % 60_000) / 1_000).toFixed(3))
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`
}
