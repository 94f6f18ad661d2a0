import type { ReactNode } from 'react'
import { cn } from './cn.ts'

/** A part that scrolls by itself. It can be reached and scrolled by keyboard even where nothing in it can be pressed. */
export function ScrollRegion({
  label,
  className,
  children,
}: {
  label: string
  className?: string
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of a form
    <div
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      data-scroll-region
      className={cn('scroll-quiet overflow-auto', className)}
    >
      {children}
    </div>
  )
}
