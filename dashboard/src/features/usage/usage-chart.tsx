import { useMemo } from 'react'
import {
  Bar,
  BarChart,
  CartesianGrid,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts'
import type { UsageDay } from '../../app/api-types.ts'
import { formatCompact, formatDay, formatMoney, formatPrice, nanosOf } from '../../app/format.ts'
import { useMediaQuery } from '../../app/media-query.ts'
import type { ModelTotal } from './breakdown.ts'
import type { Measure } from './usage-page.tsx'

type Point = { day: string } & Record<string, number | string>

function amountIn(row: UsageDay, measure: Measure): number {
  // A picture needs no nano-dollars: dollars as a float, here only.
  if (measure === 'cost') return Number(nanosOf(row.costNanos)) / 1e9
  return measure === 'tokens' ? row.promptTokens + row.completionTokens : row.calls
}

function show(value: number, measure: Measure): string {
  return measure === 'cost' ? formatMoney(BigInt(Math.round(value * 1e9))) : formatCompact(value)
}

/** On an axis only the digits that differ: $0.08 and not $0.0800. */
function tick(value: number, measure: Measure): string {
  if (value === 0) return '0'
  return measure === 'cost' ? formatPrice(BigInt(Math.round(value * 1e9))) : formatCompact(value)
}

/** Stacked bars by day and model. The same figures stand in the tables below, so the picture is hidden from screen readers. */
export default function UsageChart({
  rows,
  days,
  models,
  measure,
}: {
  rows: UsageDay[]
  days: string[]
  models: ModelTotal[]
  measure: Measure
}) {
  const still = useMediaQuery('(prefers-reduced-motion: reduce)')
  const points = useMemo(() => {
    const byDay = new Map(days.map((day): [string, Point] => [day, { day }]))
    for (const row of rows) {
      const point = byDay.get(row.day)
      if (point) point[row.model] = Number(point[row.model] ?? 0) + amountIn(row, measure)
    }
    return [...byDay.values()]
  }, [rows, days, measure])

  return (
    <div aria-hidden className="h-full text-xs">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={points} margin={{ top: 4, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="day"
            tickFormatter={formatDay}
            tick={{ fill: 'var(--ink-3)', fontSize: 12 }}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-strong)' }}
            minTickGap={36}
            tickMargin={8}
          />
          <YAxis
            width={64}
            tickFormatter={(value: number) => tick(value, measure)}
            tick={{ fill: 'var(--ink-3)', fontSize: 12, fontFamily: 'var(--font-mono)' }}
            tickLine={false}
            axisLine={false}
            tickCount={5}
          />
          <Tooltip
            cursor={{ fill: 'var(--hover)' }}
            isAnimationActive={false}
            content={(props) => <DayTooltip {...props} models={models} measure={measure} />}
          />
          {[...models].reverse().map((model) => (
            <Bar
              key={model.model}
              dataKey={(point: Point) => Number(point[model.model] ?? 0)}
              name={model.model}
              stackId="day"
              fill={model.color}
              stroke="var(--paper)"
              strokeWidth={1}
              maxBarSize={36}
              isAnimationActive={!still}
              animationDuration={160}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}

function DayTooltip({
  active,
  payload,
  label,
  models,
  measure,
}: Pick<TooltipContentProps, 'active' | 'payload' | 'label'> & { models: ModelTotal[]; measure: Measure }) {
  if (!active || typeof label !== 'string') return null
  // The chart's own points, given back by the chart.
  const point = payload[0]?.payload as Point | undefined
  const lines = models
    .map((model) => ({ ...model, value: Number(point?.[model.model] ?? 0) }))
    .filter((line) => line.value > 0)
  const total = lines.reduce((sum, line) => sum + line.value, 0)
  return (
    <div className="min-w-52 rounded-md border bg-raised p-3 text-sm shadow-float">
      <p className="mb-1.5 font-medium">{formatDay(label)}</p>
      {lines.length === 0 ? <p className="text-ink-3">No call</p> : null}
      {lines.map((line) => (
        <p key={line.model} className="flex items-center gap-2 py-0.5">
          <span className="size-2 rounded-[2px]" style={{ background: line.color }} />
          <span className="min-w-0 flex-1 truncate text-ink-2">{line.model}</span>
          <span className="pl-4 font-mono text-xs">{show(line.value, measure)}</span>
        </p>
      ))}
      {lines.length > 1 ? (
        <p className="ledger-total mt-1.5 flex justify-between py-0.5 font-medium">
          <span>Total</span>
          <span className="font-mono text-xs">{show(total, measure)}</span>
        </p>
      ) : null}
    </div>
  )
}
