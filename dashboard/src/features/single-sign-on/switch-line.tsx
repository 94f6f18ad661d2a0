import { type ReactNode, useId } from 'react'
import { Checkbox } from '../../ui/checkbox.tsx'

/** A choice of on or off, with what it means in the words under it. */
export function SwitchLine({
  label,
  checked,
  disabled = false,
  onChange,
  children,
}: {
  label: string
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
  children: ReactNode
}) {
  const id = useId()
  return (
    <div className="flex items-start gap-3 border-b py-3">
      <Checkbox
        id={id}
        aria-describedby={`${id}-meaning`}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5"
      />
      <div className="min-w-0 flex-1">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <p id={`${id}-meaning`} className="mt-0.5 text-sm text-pretty text-ink-2">
          {children}
        </p>
      </div>
    </div>
  )
}
