import { limitReached } from '../../platform/db/require-room.ts'
import { fetchRefused } from '../../platform/fetch/index.ts'
import type { ChatQueue } from '../gateway/index.ts'
import { acceptCall } from './actions/accept-call.ts'
import { webhookSecretMissing } from './errors.ts'
import { urlOf } from './present.ts'
import type { QueuedCalls } from './queued-calls.ts'

/** What `/v1/chat/completions` gives the calls to that prefer an answer later. */
export function chatQueue(queued: QueuedCalls): ChatQueue {
  return {
    failures: [limitReached, webhookSecretMissing, fetchRefused],
    async accept(sent) {
      const id = await acceptCall(queued, sent)
      const url = urlOf(id)
      return Response.json(
        { id, status: 'waiting', url },
        { status: 202, headers: { location: url, 'preference-applied': 'respond-async' } },
      )
    },
  }
}
