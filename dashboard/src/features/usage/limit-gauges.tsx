import type { ReactNode } from 'react'
import type { Limit } from '../../app/api-types.ts'
import { formatCount } from '../../app/format.ts'
import { Gauge } from '../../ui/gauge.tsx'
import { aboutText } from './budget-state.ts'

/** What a limit is about, for a person: `Ada Lovelace, openai/gpt-4o-mini`. */
export function limitSubject(limit: Limit): string {
  return aboutText(limit) ?? 'Everybody and everything'
}

/** A gauge for each thing that a limit limits. */
export function LimitGauges({ limit, children }: { limit: Limit; children?: ReactNode }) {
  const subject = limitSubject(limit)
  const rows = [
    { name: 'Requests a minute', most: limit.requestsPerMinute, used: limit.used.requests },
    { name: 'Tokens a minute', most: limit.tokensPerMinute, used: limit.used.tokens },
    { name: 'Calls at once', most: limit.callsAtOnce, used: limit.used.calls },
  ]
  return (
    <div>
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <p className="min-w-0 font-medium break-words">{subject}</p>
        {children}
      </div>
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-3">
        {rows.map(({ name, most, used }) =>
          most === null ? null : (
            <div key={name}>
              <dt className="text-xs text-ink-3">{name}</dt>
              <dd className="mt-1">
                <Gauge
                  used={(used ?? 0) / most}
                  label={`${name} of ${subject}: ${formatCount(used ?? 0)} of ${formatCount(most)}`}
                />
                <p className="mt-1.5 text-sm tabular-nums">
                  {formatCount(used ?? 0)} <span className="text-ink-2">of {formatCount(most)}</span>
                </p>
              </dd>
            </div>
          ),
        )}
      </dl>
    </div>
  )
}
