import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

const sides = {
  left: 'animate-drawer inset-y-0 left-0 w-[min(20rem,88vw)] border-r',
  right: 'animate-inspector inset-y-0 right-0 w-[min(27rem,100vw)] border-l',
  bottom: 'animate-rise inset-x-0 bottom-0 max-h-[85dvh] rounded-t-md border-t',
}

/** A panel from an edge of the screen. The title is for screen readers where the content shows its own. */
export function Sheet({
  open,
  onOpenChange,
  side,
  title,
  children,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  side: keyof typeof sides
  title: string
  children: ReactNode
}) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="animate-fade fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // The sheet itself, not its first control: a search box would raise the keyboard over half of it.
            event.preventDefault()
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
          }}
          className={cn(
            'safe-bottom fixed z-50 flex flex-col overflow-hidden bg-raised shadow-float outline-none',
            sides[side],
          )}
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
