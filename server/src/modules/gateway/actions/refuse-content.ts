import type { ProviderUsage } from '../adapters/provider.ts'
import { ProviderError } from '../adapters/provider-error.ts'
import type { Attempt } from '../run.ts'

/** A content filter took the answer: for another deployment to try, while what this one charged is kept. */
export function refuseContent(
  { candidate }: Pick<Attempt, 'candidate'>,
  spent: ProviderUsage,
): ProviderError {
  const { providerId } = candidate.deployment
  const message = `The content filter of the provider '${providerId}' refuses this request.`
  return new ProviderError({ kind: 'content_refused', providerId, message, spent })
}
