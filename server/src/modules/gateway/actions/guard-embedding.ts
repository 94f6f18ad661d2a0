import type { Caller } from '../../../platform/context.ts'
import { validationFailed } from '../../../platform/errors.ts'
import { embeddingProtocol, openCallGuard } from '../../guardrails/index.ts'
import type { GuardrailVerdict } from '../../ledger/index.ts'
import type { EmbeddingsRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import { recordRefusal } from './guard-chat.ts'
import type { Route } from './resolve-route.ts'

/**
 * Texts as the guards let them go to an embedding model, and what was found in them. Personal data is taken out for good:
 * there is no answer to put it back into, and the same text is to have the same vector.
 * @throws guardrails.blocked (400), which costs nothing and is recorded; validation_failed (400) for tokens, which no guard can read
 */
export async function guardEmbedding(
  gateway: Gateway,
  caller: Caller,
  { body, route, ...call }: { requestId: string; body: EmbeddingsRequest; route: Route; tag: string | null },
): Promise<{ body: EmbeddingsRequest; guardrails: readonly GuardrailVerdict[] }> {
  const ids = route.candidates.map(({ deployment }) => deployment.id)
  const policy = await gateway.guardrails.policyFor(caller, route.alias === null ? ids : [body.model], ids)
  if (!policy) return { body, guardrails: [] }
  const { length, unicode, patterns, pii } = policy
  const readsPatterns = patterns.stages !== 'output' && patterns.action !== 'off'
  const reads = readsPatterns || [length, unicode, pii].some(({ action }) => action !== 'off')
  if (!reads) return { body, guardrails: [] }
  if (typeof body.input !== 'string' && body.input.some((one) => typeof one !== 'string')) throw unreadable()
  const guard = await openCallGuard({ ...policy, pii: { ...pii, reversible: false } }, body, {
    protocol: embeddingProtocol,
  })
  const refusal = guard.refusal()
  if (refusal) {
    await recordRefusal(gateway, caller, { ...call, purpose: 'embedding' }, route, guard, refusal)
    throw refusal
  }
  return { body: guard.body(body), guardrails: guard.verdicts() }
}

function unreadable() {
  const message = 'must be texts and not tokens where your organization has guardrails, which read them'
  return validationFailed({
    message: `body field "input" ${message}.`,
    details: { problems: [{ in: 'body', field: 'input', message }] },
  })
}
