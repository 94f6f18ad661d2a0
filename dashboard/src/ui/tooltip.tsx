import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './kbd.tsx'

export const TooltipProvider = Radix.Provider

/** A name for what has only an icon, with its shortcut. */
export function Tooltip({
  label,
  keys,
  side = 'bottom',
  children,
}: {
  label: ReactNode
  keys?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactNode
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="animate-float z-60 flex max-w-72 items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs text-paper shadow-float"
        >
          {label}
          {keys ? <Kbd keys={keys} inverse /> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
