import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export interface SelectOption<Value extends string> {
  value: Value
  label: ReactNode
  hint?: ReactNode
  disabled?: boolean
}

/** One of a few. `label` names it for those who do not see where it stands. */
export function Select<Value extends string>({
  value,
  onChange,
  options,
  label,
  id,
  disabled,
  quiet,
  className,
}: {
  value: Value
  onChange: (value: Value) => void
  options: readonly SelectOption<Value>[]
  label?: string
  id?: string
  disabled?: boolean
  quiet?: boolean
  className?: string
}) {
  return (
    // Radix gives back one of the values of `options`.
    <Radix.Root value={value} onValueChange={(next) => onChange(next as Value)} disabled={disabled ?? false}>
      <Radix.Trigger
        aria-label={label}
        id={id}
        className={cn(
          'inline-flex h-8 items-center justify-between gap-2 rounded-md border px-2.5 text-sm whitespace-nowrap transition-colors disabled:opacity-50 max-md:h-10',
          quiet ? 'border-transparent hover:bg-hover' : 'border-field bg-raised hover:bg-hover',
          className,
        )}
      >
        <Radix.Value />
        <Radix.Icon>
          <ChevronDown className="size-3.5 text-ink-3" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="animate-float z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border bg-raised p-1 shadow-float"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className="relative flex min-h-8 cursor-default flex-col justify-center rounded-sm py-1 pr-8 pl-2 text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover max-md:min-h-10"
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.hint ? <span className="text-xs text-ink-3">{option.hint}</span> : null}
                <Radix.ItemIndicator className="absolute top-1/2 right-2 -translate-y-1/2">
                  <Check className="size-4 text-accent-ink" />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
