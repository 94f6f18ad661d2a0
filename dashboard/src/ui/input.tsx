import { Search, X } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export const fieldClasses =
  'w-full rounded-md border border-field bg-raised px-2.5 text-base text-ink transition-colors outline-none placeholder:text-ink-3 focus-visible:border-accent focus-visible:ring-2 focus-visible:ring-accent/25 disabled:opacity-60 aria-[invalid=true]:border-red max-md:text-md'

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input {...props} className={cn(fieldClasses, 'h-9 max-md:h-11', className)} />
}

/** A search box with its own way to clear it. */
export function SearchInput({
  value,
  onChange,
  label,
  className,
  ...props
}: Omit<ComponentProps<'input'>, 'value' | 'onChange'> & {
  value: string
  onChange: (value: string) => void
  label: string
}) {
  return (
    <div className={cn('relative', className)}>
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3"
        aria-hidden
      />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        {...props}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.stopPropagation()
            onChange('')
          }
          props.onKeyDown?.(event)
        }}
        className={cn(
          fieldClasses,
          'h-8 pr-8 pl-8 text-sm max-md:h-10 [&::-webkit-search-cancel-button]:hidden',
        )}
      />
      {value === '' ? null : (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={() => onChange('')}
          className="absolute top-1/2 right-1 flex size-6 -translate-y-1/2 items-center justify-center rounded-sm text-ink-3 hover:text-ink"
        >
          <X className="size-3.5" />
        </button>
      )}
    </div>
  )
}
