import { cn } from './cn.ts'

/** How much of a limit is used: calm, amber from four fifths, red when nothing is left. Held amounts are hatched. */
export function Gauge({
  used,
  held = 0,
  label,
  className,
}: {
  /** Parts of one. */
  used: number
  held?: number
  label: string
  className?: string
}) {
  const clamped = Math.min(1, Math.max(0, used))
  const tone = used + held >= 1 ? 'bg-red' : used + held >= 0.8 ? 'bg-amber-fill' : 'bg-accent'
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn with our tokens in every browser
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(clamped * 100)}
      className={cn(
        'flex h-1.5 w-full overflow-hidden rounded-full bg-hover ring-1 ring-line ring-inset',
        className,
      )}
    >
      <div className={cn('h-full transition-[width]', tone)} style={{ width: `${clamped * 100}%` }} />
      <div
        className={cn('h-full opacity-45', tone)}
        style={{ width: `${Math.min(1 - clamped, Math.max(0, held)) * 100}%` }}
      />
    </div>
  )
}

/** Progress of work under way; without a total it says only that something moves. */
export function ProgressBar({
  value,
  label,
  className,
}: {
  value: number | null
  label: string
  className?: string
}) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(value * 100)}
      className={cn('h-1 w-full overflow-hidden rounded-full bg-hover', className)}
    >
      <div
        className={cn('h-full rounded-full bg-accent transition-[width]', value === null && 'animate-sweep')}
        style={{ width: `${value === null ? 30 : Math.max(2, value * 100)}%` }}
      />
    </div>
  )
}
