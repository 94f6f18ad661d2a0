import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

/** One of two to five, all in view. */
export function Segmented<Value extends string>({
  value,
  onChange,
  options,
  label,
  className,
}: {
  value: Value
  onChange: (value: Value) => void
  options: readonly { value: Value; label: ReactNode; name?: string }[]
  label: string
  className?: string
}) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      // An empty value means the chosen one was pressed again: one of them always stays chosen.
      onValueChange={(next) => next !== '' && onChange(next as Value)}
      aria-label={label}
      className={cn('inline-flex rounded-md border border-line-strong bg-sunken p-0.5', className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          aria-label={option.name}
          className="inline-flex h-6.5 items-center justify-center gap-1.5 rounded-sm px-2.5 text-sm text-ink-2 transition-colors hover:text-ink data-[state=on]:bg-raised data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-[0_0_0_1px_var(--line-strong)] max-md:h-8.5 [&_svg]:size-4"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
