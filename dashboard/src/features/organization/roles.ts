import type { Role } from '../../app/api-types.ts'

export const roles = [
  { value: 'owner', label: 'Owner', hint: 'Everything, and who else is an owner' },
  { value: 'admin', label: 'Admin', hint: 'Members, keys, budgets and the audit log' },
  { value: 'member', label: 'Member', hint: 'Asks, uploads, sees what was spent' },
  { value: 'guest', label: 'Guest', hint: 'Sees the organization, nothing in it' },
] as const satisfies { value: Role; label: string; hint: string }[]

export function roleLabel(role: Role): string {
  return roles.find((option) => option.value === role)?.label ?? role
}
