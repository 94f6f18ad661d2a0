import type { ProviderUsage } from './provider.ts'

/**
 * How a provider failed, as far as the gateway has to tell it apart:
 * - `rate_limited`: try again after `retryAfterMs`, or another deployment
 * - `unavailable`: no connection, or the provider says it cannot answer now
 * - `timeout`: nothing came in time
 * - `rejected`: the provider refuses this request; the caller has to change it
 * - `content_refused`: the provider's content filter refuses what was asked or answered
 * - `authentication`: the provider refuses the server's key or its account; the operator has to act
 * - `context_too_long`: the input does not fit the model
 * - `stream_cut`: the answer broke off
 * - `bad_response`: what came is no answer of this protocol
 */
export type ProviderErrorKind =
  | 'rate_limited'
  | 'unavailable'
  | 'timeout'
  | 'rejected'
  | 'content_refused'
  | 'authentication'
  | 'context_too_long'
  | 'stream_cut'
  | 'bad_response'

export interface ProviderErrorFacts {
  readonly kind: ProviderErrorKind
  readonly providerId: string
  /** Safe to show to the caller: no credential, no markup, no address of a server. */
  readonly message: string
  /** The provider's HTTP status, where one came. */
  readonly status?: number | null
  readonly retryAfterMs?: number | null
  /** The request's parameter the provider complained about, where it said so. */
  readonly param?: string | null
  /** What parts of the call were charged before it failed; only for calls made of several requests. */
  readonly spent?: ProviderUsage | null
  /** Goes to the log only. */
  readonly cause?: unknown
}

export class ProviderError extends Error {
  readonly kind: ProviderErrorKind
  readonly providerId: string
  readonly status: number | null
  readonly retryAfterMs: number | null
  readonly param: string | null
  readonly spent: ProviderUsage | null
  /** True while nothing of the answer had been handed over: another deployment may still take the call. */
  readonly beforeFirstByte: boolean
  /** For the log: a provider's own words may quote the prompt. */
  readonly loggedAs: string

  constructor(facts: ProviderErrorFacts, beforeFirstByte = true) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'ProviderError'
    this.kind = facts.kind
    this.providerId = facts.providerId
    this.status = facts.status ?? null
    this.retryAfterMs = facts.retryAfterMs ?? null
    this.param = facts.param ?? null
    this.spent = facts.spent ?? null
    this.beforeFirstByte = beforeFirstByte
    this.loggedAs = `The provider '${facts.providerId}' failed: ${facts.kind}.`
  }
}
