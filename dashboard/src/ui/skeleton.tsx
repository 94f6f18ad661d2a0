import { cn } from './cn.ts'

/** A place held in the final shape of what is coming. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('animate-breathe block h-4 rounded-sm bg-hover', className)} />
}

export function SkeletonRows({ rows = 6, className }: { rows?: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={className}>
      {Array.from({ length: rows }, (_, row) => (
        // Placeholders have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows never move
        <div key={row} className="flex h-11 items-center gap-6 border-b">
          <Skeleton className="w-2/5" />
          <Skeleton className="w-1/6" />
          <Skeleton className="ml-auto w-1/12" />
        </div>
      ))}
    </div>
  )
}
