import type { ModelHealth } from '../../app/api-types.ts'
import { formatDuration, plural } from '../../app/format.ts'
import { cn } from '../../ui/cn.ts'

/** The latest calls, oldest at the left: the height is how long one took, red is one that failed. */
export function LatencyBars({ health }: { health: ModelHealth | undefined }) {
  const latest = health?.latest ?? []
  if (latest.length === 0) return <span className="text-ink-3">–</span>
  const longest = Math.max(1, ...latest.map(({ latencyMs }) => latencyMs))
  const failed = latest.filter((call) => call.failed).length
  const label = `The last ${plural(latest.length, 'call')}: up to ${formatDuration(longest)}, ${failed} failed`
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className="inline-flex h-5 items-end gap-px align-middle"
    >
      {latest.map((call, index) => (
        <span
          // Bars have no identity but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          key={index}
          className={cn('w-[3px] rounded-[1px]', call.failed ? 'bg-red' : 'bg-accent')}
          style={{ height: `${Math.max(10, (call.latencyMs / longest) * 100)}%` }}
        />
      ))}
    </span>
  )
}
