import type { UsageTotals } from '../../app/api-types.ts'
import { formatCompact, formatCount } from '../../app/format.ts'
import { Money } from '../../ui/money.tsx'
import type { ModelTotal } from './breakdown.ts'

/** The account by model, summed as a ledger sums. It is the chart's legend too. */
export function ModelTable({ models, totals }: { models: ModelTotal[]; totals: UsageTotals }) {
  return (
    <table className="mt-1 w-full text-base [&_td]:py-2.5 [&_td]:pl-4 [&_th]:py-2 [&_th]:pl-4">
      <caption className="sr-only">Usage by model</caption>
      <thead className="text-xs text-ink-3">
        <tr className="border-b border-line-strong">
          <th scope="col" className="!pl-0 text-left font-medium">
            Model
          </th>
          <th scope="col" className="text-right font-medium">
            Calls
          </th>
          <th scope="col" className="text-right font-medium max-sm:hidden">
            Tokens read
          </th>
          <th scope="col" className="text-right font-medium max-sm:hidden">
            Tokens written
          </th>
          <th scope="col" className="text-right font-medium">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={model.model} className="border-b">
            <td className="!pl-0">
              <span className="flex items-center gap-2.5">
                <span
                  className="size-2.5 shrink-0 rounded-[2px]"
                  style={{ background: model.color }}
                  aria-hidden
                />
                <span className="break-all">{model.model}</span>
              </span>
            </td>
            <td className="text-right">{formatCount(model.calls)}</td>
            <td className="text-right max-sm:hidden">{formatCompact(model.promptTokens)}</td>
            <td className="text-right max-sm:hidden">{formatCompact(model.completionTokens)}</td>
            <td className="text-right">
              <Money nanos={model.costNanos} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="ledger-total font-medium">
          <th scope="row" className="!pl-0 text-left font-medium">
            Total
          </th>
          <td className="text-right">{formatCount(totals.calls)}</td>
          <td className="text-right max-sm:hidden">{formatCompact(totals.promptTokens)}</td>
          <td className="text-right max-sm:hidden">{formatCompact(totals.completionTokens)}</td>
          <td className="text-right">
            <Money nanos={totals.costNanos} />
          </td>
        </tr>
      </tfoot>
    </table>
  )
}
