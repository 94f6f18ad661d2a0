import { type Admission, organizationKey, type Standing, type Wish } from '../../platform/cache/index.ts'
import type { Caller } from '../../platform/context.ts'
import type { Platform } from '../../platform/platform.ts'
import { rateLimitExceeded } from './errors.ts'
import { createOrganizationLimits, type OrganizationLimits } from './organization-limits.ts'
import { limitHeaders, type Told } from './rules/limit-headers.ts'
import {
  countsIn,
  describeSubject,
  type LimitedParts,
  type LimitTerms,
  limitOf,
  type Measure,
  measures,
} from './rules/limit-terms.ts'
import type { LimitRow } from './store.ts'

/** Limits of the calls to models, as the gateway needs them. */
export interface CallLimits {
  readonly known: OrganizationLimits
  /**
   * Lets a call in under every limit that it counts in, or under none.
   * @returns undefined where it counts in none
   * @throws limits.rate_limit_exceeded (429), with Retry-After where waiting helps
   */
  admit(caller: Caller, call: LimitedCall): Promise<AdmittedCall | undefined>
  /** What limits count now: a number for each measure that a row limits. */
  usedOf(organizationId: string, rows: readonly LimitRow[]): Promise<Record<Measure, number | null>[]>
}

export interface LimitedCall {
  callId: string
  model: string
  tag: string | null
  /** The most it can take, of input and output. */
  tokensBound: number
  /** Where it has been let in for another model already: only what is about this one is asked. */
  isMoved?: boolean
}

export interface AdmittedCall {
  readonly headers: Readonly<Record<string, string>>
  /** It has ended, and has taken so many tokens. */
  end(tokens: number): void
  /** It has not begun. */
  undo(): void
}

/** A wish, and what it is of. */
interface Asked {
  wish: Wish
  measure: Measure
  about: LimitedParts
}

const everything: LimitedParts = {
  userId: null,
  apiKeyId: null,
  serviceAccountId: null,
  model: null,
  tag: null,
}

export function createCallLimits(platform: Platform): CallLimits {
  const { config, callLimiter } = platform
  const known = createOrganizationLimits(platform)
  /** What the installation lets every organization have. */
  const standard: LimitTerms = {
    requestsPerMinute: config.FREEHOLD_CALLS_PER_MINUTE ?? null,
    tokensPerMinute: config.FREEHOLD_TOKENS_PER_MINUTE ?? null,
    callsAtOnce: config.FREEHOLD_CALLS_AT_ONCE ?? null,
  }
  const hasStandard = Object.values(standard).some((limit) => limit !== null)

  async function rowsFor(
    caller: Caller,
    call: LimitedCall,
  ): Promise<readonly Pick<LimitRow, 'id' | 'about' | 'terms'>[]> {
    const own = known.of(caller)
    const all = own instanceof Promise ? await own : own
    const rows = hasStandard ? [{ id: 'installation', about: everything, terms: standard }] : []
    if (all.rows.length === 0) return call.isMoved ? [] : rows
    const isOfPersons = all.rows.some(({ about }) => about.userId !== null)
    const parts: LimitedParts = {
      userId: isOfPersons ? await known.personOf(caller, all) : caller.userId,
      apiKeyId: caller.apiKeyId,
      serviceAccountId: caller.serviceAccountId,
      model: call.model,
      tag: call.tag,
    }
    const found = [...rows, ...all.rows.filter(({ about }) => countsIn(about, parts))]
    return call.isMoved ? found.filter(({ about }) => about.model !== null) : found
  }

  return {
    known,
    async admit(caller, call) {
      const rows = await rowsFor(caller, call)
      if (rows.length === 0) return undefined
      const organizationId = String(caller.organizationId)
      const asked = rows.flatMap((row) => askedOf(organizationId, row, call.tokensBound))
      if (asked.length === 0) return undefined
      const admission = await callLimiter.admit(
        `${call.callId}:${call.model}`,
        asked.map(({ wish }) => wish),
      )
      const told = tell(asked, admission)
      if (!admission.admitted) throw refusal(asked, told)
      return {
        headers: limitHeaders(told),
        end: (tokens) =>
          admission.end(asked.map(({ measure }) => (measure === 'tokens' ? tokens : undefined))),
        undo: () => admission.end(asked.map(() => 0)),
      }
    },
    async usedOf(organizationId, rows) {
      const asked = rows.map((row) => askedOf(organizationId, row, 1))
      const standings =
        asked.flat().length === 0 ? [] : await callLimiter.look(asked.flat().map(({ wish }) => wish))
      let next = 0
      return asked.map((ofRow) => {
        const used: Record<Measure, number | null> = { requests: null, tokens: null, concurrent: null }
        for (const { measure } of ofRow) used[measure] = standings[next++]?.used ?? 0
        return used
      })
    },
  }
}

function askedOf(
  organizationId: string,
  { id, about, terms }: Pick<LimitRow, 'id' | 'about' | 'terms'>,
  tokensBound: number,
): Asked[] {
  return measures.flatMap((measure): Asked[] => {
    const limit = limitOf(terms, measure)
    const cost = measure === 'tokens' ? tokensBound : 1
    if (limit === null || cost === 0) return []
    const key = organizationKey(organizationId, id, measure)
    return [
      { wish: { key, measure: measure === 'concurrent' ? 'places' : 'window', limit, cost }, measure, about },
    ]
  })
}

function tell(asked: readonly Asked[], { standings }: Admission): Told[] {
  return asked.flatMap(({ measure, wish: { limit } }, index) => {
    const standing = standings[index]
    return standing ? [{ measure, limit, standing }] : []
  })
}

const phrases: Readonly<Record<Measure, (limit: number) => string>> = {
  requests: (limit) => `${limit} requests a minute`,
  tokens: (limit) => `${limit} tokens a minute`,
  concurrent: (limit) => `${limit} calls at once`,
}

function refusal(asked: readonly Asked[], told: readonly Told[]): Error {
  const refusing = asked.flatMap((one, index) => {
    const standing = told[index]?.standing
    return standing && !standing.allowed ? [{ ...one, standing }] : []
  })
  // The one that is waited for longest says how long.
  const [longest] = refusing.toSorted((a, b) => byWait(a.standing, b.standing))
  const headers = limitHeaders(told)
  if (!longest) return rateLimitExceeded({ headers })
  const { measure, wish, about, standing } = longest
  const most = phrases[measure](wish.limit)
  const details = { measure, limit: wish.limit, asked: wish.cost }
  if (standing.retryAfterMs === Number.POSITIVE_INFINITY)
    return rateLimitExceeded({
      message: `This call could take ${wish.cost} tokens, more than the ${most} of ${describeSubject(about)}. Send less, or a smaller max_tokens.`,
      // For clients that would try again by themselves.
      headers: { ...headers, 'x-should-retry': 'false' },
      details,
    })
  const retryAfterSeconds = Math.max(1, Math.ceil(standing.retryAfterMs / 1_000))
  return rateLimitExceeded({
    message: `The limit of ${most} for ${describeSubject(about)} is reached. Try again in ${retryAfterSeconds} s.`,
    headers: { ...headers, 'retry-after': String(retryAfterSeconds) },
    details: { ...details, retryAfterSeconds },
  })
}

function byWait(a: Standing, b: Standing): number {
  // Infinity less Infinity is no number.
  return a.retryAfterMs === b.retryAfterMs ? 0 : b.retryAfterMs - a.retryAfterMs
}
