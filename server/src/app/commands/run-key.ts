import { createApiKey, type ListedApiKey, listApiKeys, revokeApiKey } from '../../modules/api-keys/index.ts'
import { getOperatedOrganization } from '../../modules/organizations/index.ts'
import {
  grantablePermissions,
  type Permission,
  permissionsOfMachine,
  permissionsOfRole,
  type Role,
  roles,
} from '../../platform/auth/permissions.ts'
import { systemClock } from '../../platform/clock.ts'
import type { Config } from '../../platform/config.ts'
import type { Scope } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import { withPlatform } from './open-for-command.ts'
import { operator } from './operator.ts'
import { printList, printOne, UsageError } from './output.ts'

interface Output {
  json?: boolean
  organization: string
}

/** As an operator who holds what a machine may, in one organization. */
function inOrganization<T>(
  config: Config,
  name: string,
  permissions: readonly Permission[],
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  return withPlatform(config, async (platform) => {
    const { id } = await getOperatedOrganization(platform, name)
    return withTenant(platform, operator(id, permissions), work)
  })
}

export async function keyList(
  config: Config,
  options: Output & { limit: number; before?: string },
): Promise<void> {
  const rows = await inOrganization(config, options.organization, [], ({ tx }) =>
    listApiKeys(tx, { limit: options.limit - 1, beforeId: options.before }),
  )
  printList(rows.map(present), options.json, {
    id: (row) => row.id,
    prefix: (row) => row.prefix,
    state: (row) => row.state,
    owner: (row) => row.owner,
    'last used': (row) => row.lastUsedAt,
    name: (row) => row.name,
  })
}

export async function keyCreate(
  config: Config,
  options: Output & { name: string; role: string; scopes?: string; expiresInDays?: number },
): Promise<void> {
  const permissions = permissionsFor(options)
  const days = options.expiresInDays
  const made = await inOrganization(config, options.organization, permissions, (scope) =>
    createApiKey(
      // Making a key is the operator's own right; what the key holds was said above.
      { ...scope, caller: { ...scope.caller, permissions: new Set([...permissions, 'manage:api_keys']) } },
      {
        name: options.name,
        expiresAt: days === undefined ? null : new Date(scope.now.getTime() + days * 24 * 3600_000),
        scopes: permissions,
      },
    ),
  )
  printOne({ ...made, scopes: permissions }, options.json)
}

export async function keyRevoke(config: Config, id: string, options: Output): Promise<void> {
  await inOrganization(config, options.organization, ['manage:api_keys'], (scope) => revokeApiKey(scope, id))
  printOne({ id, state: 'revoked' }, options.json)
}

function permissionsFor({ role, scopes }: { role: string; scopes?: string }): Permission[] {
  if (scopes !== undefined) {
    const names = scopes.split(',').map((name) => name.trim())
    const known = grantablePermissions.filter((permission) => names.includes(permission))
    const unknown = names.filter((name) => !known.some((permission) => permission === name))
    if (unknown.length > 0)
      throw new UsageError(
        `A key cannot hold ${unknown.join(', ')}. It can hold: ${grantablePermissions.join(', ')}.`,
      )
    return known
  }
  const found = roles.find((one: Role) => one === role)
  if (!found) throw new UsageError(`There is no role ${role}: give ${roles.join(', ')}.`)
  return [...permissionsOfMachine(permissionsOfRole(found))]
}

function present(row: ListedApiKey) {
  const over = row.expiresAt !== null && row.expiresAt.getTime() <= systemClock.now().getTime()
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    state: row.revokedAt ? 'revoked' : over ? 'expired' : 'active',
    owner: row.owner.name ?? row.owner.kind,
    scopes: row.scopes,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
