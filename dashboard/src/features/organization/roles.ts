import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { CustomRole, Permission, Role } from '../../app/api-types.ts'
import { useCan, useOrganization, useSession } from '../../app/session.ts'
import { customRolesQuery, permissionsQuery } from './queries.ts'

export const roles = [
  { value: 'owner', label: 'Owner', hint: 'Everything, and who else is an owner' },
  { value: 'admin', label: 'Admin', hint: 'Members, roles, keys, budgets and the audit log' },
  { value: 'member', label: 'Member', hint: 'Asks, uploads, sees what was spent' },
  { value: 'guest', label: 'Guest', hint: 'Sees what is shared with them, and nothing else' },
] as const satisfies { value: Role; label: string; hint: string }[]

function roleLabel(role: Role): string {
  return roles.find((option) => option.value === role)?.label ?? role
}

/** Whoever has a role: a built-in one, or one of the organization's own in the place of `member`. */
export interface RoleHolder {
  role: Role
  customRole: { name: string } | null
}

export function roleNameOf({ role, customRole }: RoleHolder): string {
  return customRole?.name ?? roleLabel(role)
}

/** As part of a sentence: you are “admin”, you are “Night shift”. */
export function roleInWords({ role, customRole }: RoleHolder): string {
  return customRole ? `“${customRole.name}”` : roleLabel(role).toLowerCase()
}

/** The value of a select: the built-in role's name, or the id of the organization's own. */
export function roleValueOf({ role, customRole }: { role: Role; customRole: { id: string } | null }): string {
  return customRole?.id ?? role
}

/** A select's value as requests carry it. */
export function roleBody<Allowed extends Role>(
  value: string,
  builtIn: readonly Allowed[],
): { role: Allowed | 'member'; customRoleId?: string } {
  const role = builtIn.find((candidate) => candidate === value)
  return role === undefined ? { role: 'member', customRoleId: value } : { role }
}

export interface RoleChoice {
  value: string
  label: string
  hint: string
  permissions: readonly string[]
  custom: CustomRole | null
}

const rank: Record<Role, number> = { owner: 3, admin: 2, member: 1, guest: 0 }

/** What a built-in role holds. */
export function permissionsOfRole(role: Role, permissions: readonly Permission[]): Permission[] {
  return permissions.filter(({ leastRole }) => leastRole !== null && rank[leastRole] <= rank[role])
}

/**
 * Every role of the organization, and whether the person may give it: nobody gives more than they hold, and owners are
 * made by owners. The server decides again.
 */
export function useRoleChoices(): {
  all: RoleChoice[]
  mayGive: (value: string) => boolean
  isPending: boolean
  error: Error | null
} {
  const organization = useOrganization()
  const held = useSession().permissions
  const managesOwners = useCan('manage:owners')
  const permissions = useQuery(permissionsQuery)
  const own = useQuery({ ...customRolesQuery(organization.id), enabled: useCan('read:roles') })
  return useMemo(() => {
    const all: RoleChoice[] = [
      ...roles.map((role) => ({
        ...role,
        permissions: permissionsOfRole(role.value, permissions.data ?? []).map(({ name }) => name),
        custom: null,
      })),
      ...(own.data ?? []).map((role) => ({
        value: role.id,
        label: role.name,
        hint: role.description || 'A role of this organization',
        permissions: role.permissions,
        custom: role,
      })),
    ]
    const holds = new Set(held)
    const isKnown = permissions.data !== undefined
    return {
      all,
      mayGive: (value) => {
        const choice = all.find((candidate) => candidate.value === value)
        if (choice === undefined || !isKnown || (value === 'owner' && !managesOwners)) return false
        return choice.permissions.every((name) => holds.has(name))
      },
      isPending: permissions.isPending || own.isLoading,
      error: permissions.error ?? own.error,
    }
  }, [held, managesOwners, permissions, own])
}
