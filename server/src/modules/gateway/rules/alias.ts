import type { Strategy } from './order-targets.ts'

/** One deployment of an alias, as it is stored. */
export interface AliasTarget {
  /** The id of a model of the catalogue, or `provider/model`. */
  readonly model: string
  /** Its share under `weighted`, `least_busy` and `cache_affine`. */
  readonly weight: number
  /** Longest wait for the first byte before the next is tried; null for the provider's own limit. */
  readonly timeoutMs: number | null
}

/** A name that stands for deployments, whoever made it. */
export interface ModelAlias {
  readonly name: string
  readonly description: string
  readonly strategy: Strategy
  readonly targets: readonly AliasTarget[]
  readonly maxAttempts: number
  /** After so long no further target is tried. */
  readonly totalTimeoutMs: number
  /** The operator's are everybody's; an organization's own of the same name comes first. */
  readonly madeBy: 'organization' | 'operator'
}

/** How a list of models sent with a call is gone through, and an alias that does not say. */
export const defaultBounds = { maxAttempts: 3, totalTimeoutMs: 60_000 } as const
