import { useSyncExternalStore } from 'react'
import { formatExact, formatRelative } from '../app/format.ts'

// One clock for all the times on the page: every relative time moves together, every thirty seconds.
let now = new Date()
const listeners = new Set<() => void>()
setInterval(() => {
  now = new Date()
  for (const listener of listeners) listener()
}, 30_000)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A relative time, with the exact one on hover. */
export function Time({ value, className }: { value: string; className?: string }) {
  const current = useSyncExternalStore(subscribe, () => now)
  const date = new Date(value)
  // What happened after the last tick is not in the future.
  const reference = date > current ? new Date() : current
  return (
    <time dateTime={value} title={formatExact(date)} className={className}>
      {formatRelative(date, reference)}
    </time>
  )
}
