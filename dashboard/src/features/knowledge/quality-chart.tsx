import { useMemo } from 'react'
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { Evaluation } from '../../app/api-types.ts'
import { formatDate, formatPercent } from '../../app/format.ts'
import { useMediaQuery } from '../../app/media-query.ts'

/** The ways of searching, with how their lines are told apart without colour. */
const lines = [
  { key: 'hybrid', name: 'Both together', stroke: 'var(--accent)', dash: '0' },
  { key: 'text', name: 'By words', stroke: 'var(--ink-2)', dash: '6 3' },
  { key: 'vector', name: 'By meaning', stroke: 'var(--ink-3)', dash: '2 3' },
] as const

/** nDCG@10 over the evaluations. The same figures stand in the table below, so the picture is hidden from screen readers. */
export default function QualityChart({ evaluations }: { evaluations: readonly Evaluation[] }) {
  const still = useMediaQuery('(prefers-reduced-motion: reduce)')
  const points = useMemo(
    () =>
      evaluations.toReversed().map((one, at) => ({
        at: at + 1,
        date: formatDate(new Date(one.createdAt)),
        hybrid: one.hybrid.ndcg,
        text: one.text.ndcg,
        vector: one.vector.ndcg,
      })),
    [evaluations],
  )
  return (
    <div aria-hidden className="flex h-full flex-col text-xs">
      <div className="flex flex-wrap gap-x-5 gap-y-1 pb-2 text-ink-2">
        {lines.map(({ key, name, stroke, dash }) => (
          <span key={key} className="inline-flex items-center gap-1.5">
            <svg width="20" height="4" aria-hidden>
              <line x1="0" y1="2" x2="20" y2="2" stroke={stroke} strokeWidth="2" strokeDasharray={dash} />
            </svg>
            {name}
          </span>
        ))}
      </div>
      <div className="min-h-0 flex-1">
        <ResponsiveContainer width="100%" height="100%">
          <LineChart
            data={points}
            margin={{ top: 4, right: 8, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="at"
              tickFormatter={(at: number) => points[at - 1]?.date ?? ''}
              tick={{ fill: 'var(--ink-3)', fontSize: 12 }}
              tickLine={false}
              axisLine={{ stroke: 'var(--line-strong)' }}
              minTickGap={36}
              tickMargin={8}
            />
            <YAxis
              width={48}
              domain={[0, 1]}
              tickFormatter={(value: number) => formatPercent(value)}
              tick={{ fill: 'var(--ink-3)', fontSize: 12, fontFamily: 'var(--font-mono)' }}
              tickLine={false}
              axisLine={false}
            />
            <Tooltip
              isAnimationActive={!still}
              labelFormatter={(at) => points[Number(at) - 1]?.date ?? ''}
              formatter={(value) => formatPercent(Number(value))}
              contentStyle={{
                background: 'var(--raised)',
                border: '1px solid var(--line-strong)',
                borderRadius: 6,
                color: 'var(--ink)',
              }}
            />
            {lines.map(({ key, name, stroke, dash }) => (
              <Line
                key={key}
                dataKey={key}
                name={name}
                stroke={stroke}
                strokeDasharray={dash}
                strokeWidth={2}
                dot={{ r: 2.5, strokeDasharray: '0' }}
                isAnimationActive={!still}
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
    </div>
  )
}
