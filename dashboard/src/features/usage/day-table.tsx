import type { UsageDay } from '../../app/api-types.ts'
import { formatCount, formatDay } from '../../app/format.ts'
import { Money } from '../../ui/money.tsx'
import { ScrollRegion } from '../../ui/scroll-region.tsx'

/** The figures behind the chart, for reading and copying. */
export function DayTable({ rows }: { rows: UsageDay[] }) {
  const sorted = [...rows].sort((a, b) => b.day.localeCompare(a.day) || a.model.localeCompare(b.model))
  return (
    <details className="group mt-3">
      <summary className="w-fit rounded-sm text-sm text-accent-ink underline decoration-accent-line underline-offset-3 hover:decoration-current">
        The chart as a table
      </summary>
      <ScrollRegion label="Usage by day and model" className="mt-3 max-h-96">
        <table className="w-full min-w-lg text-sm [&_td]:py-1.5 [&_td]:pr-4 [&_th]:py-1.5 [&_th]:pr-4">
          <caption className="sr-only">Usage by day and model</caption>
          <thead className="sticky top-0 bg-paper text-xs text-ink-3">
            <tr className="border-b border-line-strong">
              <th scope="col" className="text-left font-medium">
                Day
              </th>
              <th scope="col" className="text-left font-medium">
                Model
              </th>
              <th scope="col" className="text-right font-medium">
                Calls
              </th>
              <th scope="col" className="text-right font-medium">
                Read
              </th>
              <th scope="col" className="text-right font-medium">
                Written
              </th>
              <th scope="col" className="!pr-0 text-right font-medium">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={`${row.day} ${row.model}`} className="border-b">
                <td className="whitespace-nowrap">{formatDay(row.day)}</td>
                <td>{row.model}</td>
                <td className="text-right">{formatCount(row.calls)}</td>
                <td className="text-right">{formatCount(row.promptTokens)}</td>
                <td className="text-right">{formatCount(row.completionTokens)}</td>
                <td className="!pr-0 text-right">
                  <Money nanos={row.costNanos} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  )
}
