import type { UsageExplanation } from '../../app/api-types.ts'
import { formatCount, formatMoneyExact, formatPrice, nanosOf } from '../../app/format.ts'
import { formatExactly } from './exact-money.ts'

type Line = UsageExplanation['arithmetic']['lines'][number]

const labels: Record<Line['kind'], string> = {
  input: 'read',
  cached_input: 'read from cache',
  cache_write: 'written to cache',
  cache_write_hour: 'written to cache for an hour',
  output: 'written',
  fee: 'Fees of the provider',
  failed_attempt: 'An attempt whose answer was not taken',
  rounding: 'Rounding',
  upper_bound: 'Charged at most, because its process died',
  not_itemised: 'Provider terms',
  adjustment: 'Corrected',
}

/** A cost and how it came about, set like a sum in a ledger. */
export function Arithmetic({ record }: { record: UsageExplanation }) {
  const { lines, marginPercent, reportedNanos, differenceNanos } = record.arithmetic
  const free = record.costNanos === '0' && lines.every((line) => line.nanos === '0')
  return (
    <div>
      <table className="w-full text-sm">
        <caption className="mb-1.5 text-left font-medium">
          {free ? 'Nothing was charged' : 'How the cost was computed'}
        </caption>
        <tbody className="[&_td]:py-1 [&_th]:py-1 [&_tr]:border-t">
          {lines.map((line) => (
            <tr key={`${line.kind} ${line.about} ${line.nanos}`}>
              <th
                scope="row"
                colSpan={line.nanosPerMillion === null ? 2 : 1}
                className="text-left font-normal text-ink-2"
              >
                {line.tokens === null
                  ? labels[line.kind] + (line.kind === 'adjustment' ? `: ${line.about}` : '')
                  : `${formatCount(line.tokens)} tokens ${labels[line.kind]}`}
              </th>
              {line.nanosPerMillion === null ? null : (
                <td className="px-2 text-right font-mono text-xs whitespace-nowrap text-ink-3">
                  × {formatPrice(nanosOf(line.nanosPerMillion))} / M
                </td>
              )}
              <td className="text-right font-mono text-xs">{formatExactly(line.nanos)}</td>
            </tr>
          ))}
          <tr className="ledger-total font-medium">
            <th scope="row" colSpan={2} className="text-left font-medium">
              Total
            </th>
            <td className="text-right font-mono text-xs">{formatMoneyExact(nanosOf(record.costNanos))}</td>
          </tr>
        </tbody>
      </table>
      <p className="mt-2 text-xs text-pretty text-ink-3">
        {free
          ? 'The work was done on this server; no provider was asked.'
          : `Prices per million tokens (M), version ${record.price.version}${marginPercent === null ? '' : `, with a margin of ${marginPercent} %`}.`}
        {free || reportedNanos === null || differenceNanos === null
          ? null
          : ` The provider reported ${formatExactly(reportedNanos)}${differenceNanos === '0' ? ', the same' : `: a difference of ${formatExactly(differenceNanos)}`}.`}
      </p>
    </div>
  )
}
