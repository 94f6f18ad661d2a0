import { Lock } from 'lucide-react'
import { useId } from 'react'
import type { Permission } from '../../app/api-types.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { cn } from '../../ui/cn.ts'
import { groupPermissions } from './permission-groups.ts'

/**
 * Permissions to choose from, grouped by what they are about. What the person does not hold is shown, so that nobody
 * looks for it elsewhere, and cannot be chosen; one that was chosen by somebody else can be taken away.
 */
export function PermissionPicker({
  label,
  permissions,
  held,
  value,
  onChange,
}: {
  label: string
  permissions: readonly Permission[]
  held: readonly string[]
  value: ReadonlySet<string>
  onChange: (value: ReadonlySet<string>) => void
}) {
  const own = new Set(held)
  const choosable = permissions.filter(({ name }) => own.has(name))
  const set = (names: readonly string[], isChosen: boolean): void => {
    const next = new Set(value)
    for (const name of names) {
      if (isChosen) next.add(name)
      else next.delete(name)
    }
    onChange(next)
  }
  return (
    <fieldset>
      <legend className="text-sm font-medium">{label}</legend>
      <p className="mt-0.5 mb-2 text-xs text-ink-3" aria-live="polite">
        {value.size} of {permissions.length} chosen
        {choosable.length < permissions.length
          ? `; ${permissions.length - choosable.length} are not yours to give`
          : ''}
      </p>
      <div className="border-t">
        {groupPermissions(permissions).map((group) => (
          <Group key={group.label} {...group} own={own} value={value} set={set} />
        ))}
      </div>
    </fieldset>
  )
}

function Group({
  label,
  permissions,
  own,
  value,
  set,
}: {
  label: string
  permissions: readonly Permission[]
  own: ReadonlySet<string>
  value: ReadonlySet<string>
  set: (names: readonly string[], isChosen: boolean) => void
}) {
  const id = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: it stands inside the fieldset of all groups
    <div
      role="group"
      aria-labelledby={id}
      className="grid gap-x-4 border-b py-2.5 sm:grid-cols-[8.5rem_minmax(0,1fr)]"
    >
      <p id={id} className="py-1 text-sm font-medium text-ink-2">
        {label}
      </p>
      <div>
        {permissions.map(({ name, description }) => {
          const isOwn = own.has(name)
          const isChosen = value.has(name)
          return (
            <label
              key={name}
              htmlFor={`${id}-${name}`}
              className={cn(
                'flex items-start gap-2.5 rounded-sm py-1 text-sm max-md:py-2',
                isOwn || isChosen ? 'cursor-pointer' : 'cursor-not-allowed text-ink-3',
              )}
            >
              <Checkbox
                id={`${id}-${name}`}
                checked={isChosen}
                disabled={!isOwn && !isChosen}
                onChange={(event) => set([name], event.target.checked)}
                className="mt-0.5"
              />
              <span className="min-w-0 flex-1">
                {description} <span className="inline-block font-mono text-xs text-ink-3">{name}</span>
                {isOwn ? null : (
                  <span className="ml-1.5 inline-flex items-center gap-1 text-xs text-ink-3">
                    <Lock className="size-3" aria-hidden /> you do not hold it
                  </span>
                )}
              </span>
            </label>
          )
        })}
      </div>
    </div>
  )
}
