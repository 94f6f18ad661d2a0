import type { UsageRecord } from '../../app/api-types.ts'
import { formatCount, formatMoneyExact, formatPrice } from '../../app/format.ts'
import { explainCost } from './explain-cost.ts'

/** A cost and how it came about, set like a sum in a ledger. */
export function Arithmetic({ record }: { record: UsageRecord }) {
  const { lines, difference, total } = explainCost(record)
  const free = total === 0n && lines.every((line) => line.nanosPerMillion === 0n)
  return (
    <div>
      <table className="w-full text-sm">
        <caption className="mb-1.5 text-left font-medium">
          {free ? 'Nothing was charged' : 'How the cost was computed'}
        </caption>
        <tbody className="[&_td]:py-1 [&_th]:py-1 [&_tr]:border-t">
          {lines.map((line) => (
            <tr key={line.label}>
              <th scope="row" className="text-left font-normal text-ink-2">
                {formatCount(line.tokens)} tokens {line.label}
              </th>
              <td className="px-2 text-right font-mono text-xs whitespace-nowrap text-ink-3">
                × {formatPrice(line.nanosPerMillion)} / M
              </td>
              <td className="text-right font-mono text-xs">{formatMoneyExact(line.costNanos)}</td>
            </tr>
          ))}
          {difference === 0n ? null : (
            <tr>
              <th scope="row" colSpan={2} className="text-left font-normal text-ink-2">
                {record.cache === 'hit' ? 'Answered from the cache' : 'Rounding and provider terms'}
              </th>
              <td className="text-right font-mono text-xs">{formatMoneyExact(difference)}</td>
            </tr>
          )}
          <tr className="ledger-total font-medium">
            <th scope="row" colSpan={2} className="text-left font-medium">
              Total
            </th>
            <td className="text-right font-mono text-xs">{formatMoneyExact(total)}</td>
          </tr>
        </tbody>
      </table>
      <p className="mt-2 text-xs text-pretty text-ink-3">
        {free
          ? 'The work was done on this server; no provider was asked.'
          : `Prices per million tokens (M), version ${record.price.version}.`}
      </p>
    </div>
  )
}
