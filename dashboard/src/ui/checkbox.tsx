import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

/** The browser's own check box in our colour. The label belongs to whoever draws it. */
export function Checkbox({ className, ...props }: Omit<ComponentProps<'input'>, 'type'>) {
  return (
    <input
      type="checkbox"
      {...props}
      className={cn(
        'size-4 shrink-0 cursor-pointer rounded-sm accent-(--accent) disabled:cursor-not-allowed disabled:opacity-50 max-md:size-5',
        className,
      )}
    />
  )
}
