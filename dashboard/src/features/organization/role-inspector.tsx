import { Check, Minus, Pencil, Trash2 } from 'lucide-react'
import type { Permission } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { cn } from '../../ui/cn.ts'
import { Inspector } from '../../ui/inspector.tsx'
import { groupPermissions } from './permission-groups.ts'
import { type RoleChoice, roleValueOf } from './roles.ts'

/** What a role allows, and what it does not, permission by permission. */
export function RoleInspector({
  role,
  permissions,
  mayGive,
  onEdit,
  onDelete,
  onClose,
}: {
  role: RoleChoice
  permissions: readonly Permission[]
  mayGive: boolean
  onEdit: () => void
  onDelete: () => void
  onClose: () => void
}) {
  const organization = useOrganization()
  const canManage = useCan('manage:roles')
  const holds = new Set(role.permissions)
  // What every member has beside the role's own list.
  const always = ['read:profile', 'update:profile', 'delete:account', 'read:organization']
  const shown = permissions.filter(({ leastRole }) => leastRole !== null)
  return (
    <Inspector
      title={role.label}
      subtitle={
        role.custom
          ? `A role of ${organization.name}, held by ${plural(role.custom.memberCount, 'member')}`
          : 'A built-in role'
      }
      onClose={onClose}
    >
      <div className="p-5">
        <p className="text-sm text-pretty text-ink-2">{role.hint}.</p>
        {roleValueOf(organization) === role.value ? (
          <p className="mt-2 text-sm text-accent-ink">This is your role.</p>
        ) : null}
        {role.custom && canManage ? (
          mayGive ? (
            <div className="mt-4 flex gap-2">
              <Button size="sm" onClick={onEdit}>
                <Pencil /> Change
              </Button>
              <Button size="sm" onClick={onDelete}>
                <Trash2 /> Delete
              </Button>
            </div>
          ) : (
            <p className="mt-3 text-sm text-ink-3">
              It holds more than you do, so it is not yours to change.
            </p>
          )
        ) : null}
        {groupPermissions(shown).map((group) => (
          <section key={group.label} className="mt-5">
            <h3 className="border-b border-line-strong pb-1 text-xs font-medium text-ink-3">{group.label}</h3>
            <ul>
              {group.permissions.map(({ name, description }) => {
                const allowed = holds.has(name) || always.includes(name)
                return (
                  <li
                    key={name}
                    className={cn(
                      'flex items-start gap-2.5 border-b py-1.5 text-sm',
                      !allowed && 'text-ink-3',
                    )}
                  >
                    {allowed ? (
                      <Check className="mt-0.5 size-4 shrink-0 text-accent-ink" aria-hidden />
                    ) : (
                      <Minus className="mt-0.5 size-4 shrink-0" aria-hidden />
                    )}
                    <span className="min-w-0 flex-1">
                      <span className="sr-only">{allowed ? 'Allowed: ' : 'Not allowed: '}</span>
                      {description} <span className="inline-block font-mono text-xs text-ink-3">{name}</span>
                    </span>
                  </li>
                )
              })}
            </ul>
          </section>
        ))}
      </div>
    </Inspector>
  )
}
