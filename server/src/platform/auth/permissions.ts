import type { Caller } from '../context.ts'
import { defineError, forbidden } from '../errors.ts'

export const roles = ['owner', 'admin', 'member', 'guest'] as const
export type Role = (typeof roles)[number]

/**
 * Every permission there is, with the least role that holds it and what it lets one do. This table is the only place
 * that says who may do what; routes name a permission, actions check it, the OpenAPI document shows it.
 */
const table = {
  'read:profile': ['guest', "See one's own account."],
  'update:profile': ['guest', "Change one's own name and picture."],
  'delete:account': ['guest', "Delete one's own account."],
  'read:organization': ['guest', "See the organization's name and settings."],
  'update:organization': ['admin', 'Rename the organization and change its settings.'],
  'delete:organization': ['owner', 'Delete the organization and restore it.'],
  'read:users': ['member', 'See who the members are and who is invited.'],
  'manage:users': ['admin', 'Invite, add and remove members and change their roles.'],
  'manage:owners': ['owner', 'Make, change and remove owners, and hand the organization over.'],
  'read:roles': ['member', "See the organization's own roles and what they allow."],
  'manage:roles': ['admin', "Make, change and delete the organization's own roles."],
  'read:service_accounts': ['member', 'See the service accounts.'],
  'manage:service_accounts': ['admin', 'Make, change, disable and delete service accounts.'],
  'manage:sign_in': ['owner', 'Set up single sign-on, domains and the roles of provisioned groups.'],
  'manage:provisioning': ['admin', 'Keep people and groups by SCIM, as an identity provider does.'],
  'read:api_keys': ['member', 'See which API keys there are, never the keys themselves.'],
  'manage:api_keys': ['admin', 'Make, rotate and revoke API keys.'],
  'read:activity': ['admin', 'Read the audit log.'],
  'read:analytics': ['member', 'See how the organization uses the product.'],
  'read:billing': ['admin', 'See plans, invoices and payments, and everybody’s calls one by one.'],
  'manage:billing': ['owner', 'Change the plan and how it is paid.'],
  'read:projects': ['member', 'See the projects.'],
  'manage:projects': ['admin', 'Make, change, archive and restore projects.'],
  'read:models': ['guest', 'See the models and their prices.'],
  'manage:models': ['admin', 'Set up names for models, and provider keys of the organization’s own.'],
  'manage:guardrails': ['admin', 'See and set what may go to models and come from them.'],
  'use:models': ['member', 'Call models, which costs money.'],
  'read:usage': [
    'member',
    'See what the organization spends by day and model, and one’s own calls one by one.',
  ],
  'read:budgets': ['member', 'See the budgets and what is left of them.'],
  'manage:budgets': ['admin', 'Set and remove budgets.'],
  'read:prompts': ['member', 'See the prompts and their versions.'],
  'manage:prompts': ['member', 'Write prompts and versions, and move labels other than production.'],
  'deploy:prompts': [
    'admin',
    'Decide which version serves in production; rename, archive and delete prompts.',
  ],
  'read:documents': ['member', 'Read and search the documents.'],
  'write:documents': ['member', 'Upload, change and delete documents and collections.'],
  'read:conversations': ['member', "Read one's own conversations."],
  'write:conversations': ['member', "Ask questions, and change or delete one's own conversations."],
  'read:assistants': ['member', 'See the assistants and what they are told.'],
  'manage:assistants': ['member', 'Make, change and archive assistants.'],
  'use:assistants': [
    'member',
    "Give tasks to assistants, and decide about what one's own runs would change.",
  ],
  'decide:approvals': ['admin', 'See everybody’s runs, and decide about what they would change.'],
} as const satisfies Record<string, readonly [least: Role, description: string]>

/** Held by super-admins, who operate the whole installation, and by no role of an organization. */
const platformPermission = 'system:admin'

export type Permission = keyof typeof table | typeof platformPermission

// Object.keys forgets the key type; the object above is the whole list.
const organizationPermissions = Object.keys(table) as (keyof typeof table)[]

export const permissions: readonly Permission[] = [...organizationPermissions, platformPermission]

/** What a role holds; `owner` holds everything, `guest` the least. */
export function permissionsOfRole(role: Role): ReadonlySet<Permission> {
  const rank = roles.indexOf(role)
  return new Set(organizationPermissions.filter((permission) => rank <= roles.indexOf(table[permission][0])))
}

/** Permissions that belong to people alone: neither a machine nor a custom role holds them. */
const personalPermissions: ReadonlySet<Permission> = new Set([
  'read:profile',
  'update:profile',
  'delete:account',
  'manage:owners',
  // Whoever says which identity provider speaks for its people can be any of them.
  'manage:sign_in',
  'delete:organization',
  'system:admin',
])

/** What custom roles and API keys can be made of. */
export const grantablePermissions: readonly Permission[] = permissions.filter(
  (permission) => !personalPermissions.has(permission),
)

/** What a machine holds of what its owner does: nothing that belongs to people alone. */
export function permissionsOfMachine(owner: ReadonlySet<Permission>): ReadonlySet<Permission> {
  return new Set([...owner].filter((permission) => !personalPermissions.has(permission)))
}

/** Permissions that every member has, whatever their custom role says. */
const alwaysHeld: readonly Permission[] = [
  'read:profile',
  'update:profile',
  'delete:account',
  'read:organization',
]

/**
 * What a member holds: what their built-in role does, or what their custom role lists. Names that this version does not
 * know, or that cannot be granted, give nothing.
 */
export function permissionsOfMember(role: Role, granted: readonly string[] | null): ReadonlySet<Permission> {
  if (granted === null) return permissionsOfRole(role)
  const names = new Set(granted)
  return new Set([...alwaysHeld, ...grantablePermissions.filter((permission) => names.has(permission))])
}

export interface DescribedPermission {
  name: Permission
  description: string
  /** The least built-in role that holds it; null for what no role of an organization holds. */
  leastRole: Role | null
  /** Whether custom roles, service accounts and API keys can hold it. */
  grantable: boolean
}

/** Every permission, for whoever puts roles together. */
export function describePermissions(): DescribedPermission[] {
  const grantable = new Set(grantablePermissions)
  const own = organizationPermissions.map((name) => ({
    name,
    description: table[name][1],
    leastRole: table[name][0],
    grantable: grantable.has(name),
  }))
  const description = 'Operate the whole installation.'
  return [...own, { name: platformPermission, description, leastRole: null, grantable: false }]
}

export const exceedsOwnPermissions = defineError(
  'exceeds_own_permissions',
  403,
  'Nobody gives, changes or takes away more than they hold themselves.',
)

/**
 * Throws 403 when a role, a person, a service account or a key holds something that the caller does not: the one rule
 * that keeps whoever may manage others from raising them, and so themselves.
 */
export function requireWithinOwn(caller: Caller, permissions: Iterable<Permission>): void {
  const beyond = [...permissions].filter(
    (permission) => !caller.permissions.has(permission) && !alwaysHeld.includes(permission),
  )
  if (beyond.length === 0) return
  throw exceedsOwnPermissions({
    message: `Nobody gives, changes or takes away more than they hold themselves; this holds ${beyond.join(', ')}.`,
    details: { permissions: beyond },
  })
}

/** Throws 403 unless the caller holds the permission. Called by every action that changes or reveals something. */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!caller.permissions.has(permission)) {
    throw forbidden({
      message: `This needs the permission ${permission}, which ${caller.role ?? 'this credential'} does not have.`,
      details: { permission, role: caller.role },
    })
  }
}
