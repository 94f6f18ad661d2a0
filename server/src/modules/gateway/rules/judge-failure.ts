import type { ProviderErrorKind } from '../adapters/provider-error.ts'

export interface Judgement {
  /** Whether another deployment may do better. */
  readonly tryNext: boolean
  /** What it says of the deployment: `sick` counts against it, `well` shows that it is there, `nothing` says neither. */
  readonly deployment: 'sick' | 'well' | 'nothing'
  /** What it says of the key: another one may be let through. */
  readonly key: 'good' | 'limited' | 'refused'
}

/**
 * What follows from the way a call failed. A request that is refused as such would be refused elsewhere too, so it goes
 * back to its caller; a provider's content filter is one provider's opinion.
 */
export function judgeFailure({
  kind,
  status,
}: {
  readonly kind: ProviderErrorKind
  readonly status: number | null
}): Judgement {
  switch (kind) {
    case 'rate_limited':
      return { tryNext: true, deployment: 'nothing', key: 'limited' }
    case 'authentication':
      return { tryNext: true, deployment: 'nothing', key: 'refused' }
    case 'unavailable':
    case 'timeout':
    case 'stream_cut':
    case 'bad_response':
      return { tryNext: true, deployment: 'sick', key: 'good' }
    case 'context_too_long':
    case 'content_refused':
      return { tryNext: true, deployment: 'well', key: 'good' }
    case 'rejected':
      // A provider that has not this model says nothing about the request.
      return { tryNext: status === 404, deployment: 'well', key: 'good' }
  }
}
