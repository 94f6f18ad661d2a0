import type { Permission } from '../../app/api-types.ts'

const labels: Record<string, string> = {
  organization: 'Organization',
  users: 'Members',
  owners: 'Owners',
  roles: 'Roles',
  service_accounts: 'Service accounts',
  sign_in: 'Sign-in',
  api_keys: 'API keys',
  activity: 'Audit log',
  analytics: 'Analytics',
  billing: 'Billing',
  models: 'Models',
  guardrails: 'Guardrails',
  usage: 'Usage',
  budgets: 'Budgets',
  prompts: 'Prompts',
  documents: 'Documents',
  conversations: 'Conversations',
  profile: 'Own account',
  account: 'Own account',
  admin: 'Installation',
}

export interface PermissionGroup {
  label: string
  permissions: Permission[]
}

/** By what they are about, in the order in which the server lists them. A resource of a later server has its own name. */
export function groupPermissions(permissions: readonly Permission[]): PermissionGroup[] {
  const groups = new Map<string, Permission[]>()
  for (const permission of permissions) {
    const resource = permission.name.slice(permission.name.indexOf(':') + 1)
    const label =
      labels[resource] ?? resource.replace(/_/g, ' ').replace(/^./, (first) => first.toUpperCase())
    groups.set(label, [...(groups.get(label) ?? []), permission])
  }
  return [...groups].map(([label, members]) => ({ label, permissions: members }))
}
