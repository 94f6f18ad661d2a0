import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn.ts'
import { Kbd } from './kbd.tsx'
import { usePortalContainer } from './portal-container.ts'

/** Not modal: what stands around a menu stays readable, and a press outside closes it all the same. */
export function Menu(props: ComponentProps<typeof Radix.Root>) {
  return <Radix.Root modal={false} {...props} />
}
export const MenuTrigger = Radix.Trigger
export const MenuRadioGroup = Radix.RadioGroup

export function MenuContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  const container = usePortalContainer()
  return (
    <Radix.Portal container={container}>
      <Radix.Content
        sideOffset={6}
        collisionPadding={8}
        {...props}
        className={cn(
          'animate-float scroll-quiet z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto rounded-md border bg-raised p-1 shadow-float outline-none',
          className,
        )}
      />
    </Radix.Portal>
  )
}

const item =
  'flex min-h-8 max-md:min-h-10 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3'

export function MenuItem({
  keys,
  danger,
  className,
  children,
  ...props
}: ComponentProps<typeof Radix.Item> & { keys?: string; danger?: boolean }) {
  return (
    <Radix.Item {...props} className={cn(item, danger && 'text-red [&_svg]:text-red', className)}>
      {/* With asChild the one child takes the item's place, so nothing may stand beside it. */}
      {keys ? (
        <>
          {children}
          <Kbd keys={keys} className="ml-auto pl-4" />
        </>
      ) : (
        children
      )}
    </Radix.Item>
  )
}

export function MenuRadioItem({ className, children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem {...props} className={cn(item, 'pr-8 relative', className)}>
      {children}
      <Radix.ItemIndicator className="absolute right-2">
        <Check className="!text-accent-ink" />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-1.5 pb-1 text-xs text-ink-3">{children}</Radix.Label>
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />
}
