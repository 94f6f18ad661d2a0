import { useSyncExternalStore } from 'react'

/** What may float over any page; one at a time. */
export type Overlay = 'palette' | 'shortcuts' | 'connect-model' | 'create-organization' | 'more'

let current: Overlay | null = null
const listeners = new Set<() => void>()

export function openOverlay(next: Overlay | null): void {
  current = next
  for (const listener of listeners) listener()
}

export function useOverlay(): Overlay | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}
