import { useEffect, useRef } from 'react'
import { Button } from './button.tsx'

/** Asks for the next page when the end of the list comes into view; a button for those who get there otherwise. */
export function LoadMore({ onVisible, busy }: { onVisible: () => void; busy: boolean }) {
  const sentinel = useRef<HTMLDivElement>(null)
  const load = useRef(onVisible)
  load.current = onVisible
  useEffect(() => {
    const element = sentinel.current
    if (!element || busy) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) load.current()
      },
      { rootMargin: '400px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [busy])
  return (
    <div ref={sentinel} className="flex justify-center py-4">
      <Button variant="ghost" size="sm" busy={busy} onClick={onVisible}>
        {busy ? 'Loading more' : 'Show more'}
      </Button>
    </div>
  )
}
