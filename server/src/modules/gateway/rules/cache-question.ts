import { unlessRefused } from '../../../platform/errors.ts'
import type { ChatInput } from '../actions/complete-chat.ts'
import type { Route } from '../actions/resolve-route.ts'
import { canonicalChat } from './cache-key.ts'

/**
 * All of a call that can change its answer, as one text: what is asked, in which protocol, and the deployments that may
 * answer. Where each of them is told in other words, all that they would be told.
 */
export function cacheQuestion({ native, body, bodyFor }: ChatInput, { candidates }: Route): string {
  const deployments = candidates.map(({ key }) => key).toSorted()
  if (native) {
    const asked = canonicalChat({ ...native.body, max_tokens: body.max_tokens })
    return JSON.stringify(['native', deployments, asked, native.betas])
  }
  if (!bodyFor) return JSON.stringify(['chat', deployments, canonicalChat(body)])
  const told = candidates
    .map(({ key, deployment }) => [key, unlessRefused(() => canonicalChat(bodyFor(deployment))) ?? ''])
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
  return JSON.stringify(['told', told])
}
