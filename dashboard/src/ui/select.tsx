import { ChevronDown } from 'lucide-react'
import { cn } from './cn.ts'

export interface SelectOption<Value extends string> {
  value: Value
  label: string
}

/**
 * One of a few. The browser's own control, because it is the one that works with every screen reader and thumb; its
 * list is drawn with our tokens where the browser allows it (see styles.css). `label` names it where no label stands.
 */
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
    <span className={cn('relative inline-flex', className)}>
      <select
        id={id}
        aria-label={label}
        value={value}
        disabled={disabled}
        // Its options are made of `options`, so its value is one of theirs.
        onChange={(event) => onChange(event.target.value as Value)}
        className={cn(
          'select h-8 w-full cursor-pointer appearance-none rounded-md border pr-8 pl-2.5 text-sm whitespace-nowrap text-ink transition-colors disabled:opacity-50 max-md:h-10',
          quiet
            ? 'border-transparent bg-transparent hover:bg-hover'
            : 'border-field bg-raised hover:bg-hover',
        )}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-ink-3"
        aria-hidden
      />
    </span>
  )
}
