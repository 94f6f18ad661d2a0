import type { UsageExplanation } from '../../app/api-types.ts'
import { formatDuration } from '../../app/format.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Money } from '../../ui/money.tsx'

type Attempt = UsageExplanation['attempts'][number]

const tones = { answered: 'accent', failed: 'red', skipped: 'neutral' } as const
const verbs = { answered: 'answered', failed: 'failed', skipped: 'not tried' } as const

/** In words, where there are any. */
const reasons: Record<string, string> = {
  unavailable: 'the provider was not available',
  rate_limited: 'the provider had too many requests',
  timeout: 'it took too long',
  context_too_long: 'the input was too long for it',
  content_refused: 'it refused the content',
  breaker_open: 'it had failed several times in a row',
  keys_limited: 'its keys were at their limit',
  keys_refused: 'its keys were refused',
  budget: 'a budget could not bear it',
  not_allowed: 'the organization does not allow it',
  not_served: 'it is not served here',
  not_tried: 'another had answered, or the call was over',
  attempts_used_up: 'enough had been tried',
  time_used_up: 'the time was used up',
  context_no_longer: 'its context is no longer than one that was too short',
  caller_gone: 'the caller left',
}

/** What was considered for a call, in order, and what became of it. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <section aria-labelledby="attempts">
      <h3 id="attempts" className="mb-1.5 text-sm font-medium">
        What was tried
      </h3>
      <ol className="border-t text-sm">
        {attempts.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes, in which a deployment can stand twice
          <li key={index} className="border-b py-2">
            <p className="flex items-baseline justify-between gap-3">
              <StatusDot tone={tones[attempt.outcome]}>
                <span className="break-all whitespace-normal">{attempt.model}</span>
              </StatusDot>
              {attempt.latencyMs === null ? null : (
                <span className="shrink-0 text-xs text-ink-3">{formatDuration(attempt.latencyMs)}</span>
              )}
            </p>
            <p className="pl-3.5 text-xs text-ink-2">
              {verbs[attempt.outcome]}
              {attempt.reason === null ? '' : `: ${reasons[attempt.reason] ?? attempt.reason}`}
              {attempt.costNanos === '0' ? null : (
                <>
                  , charged <Money nanos={attempt.costNanos} />
                </>
              )}
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}
