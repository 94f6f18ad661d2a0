import { Popover as Radix } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'
import { usePortalContainer } from './portal-container.ts'

export const Popover = Radix.Root
export const PopoverTrigger = Radix.Trigger

export function PopoverContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  const container = usePortalContainer()
  return (
    <Radix.Portal container={container}>
      <Radix.Content
        sideOffset={6}
        collisionPadding={12}
        {...props}
        className={cn(
          'animate-float z-50 w-80 max-w-[calc(100vw-1.5rem)] rounded-md border bg-raised p-4 text-sm shadow-float outline-none',
          className,
        )}
      />
    </Radix.Portal>
  )
}
