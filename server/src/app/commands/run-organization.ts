import { getAccount } from '../../modules/identity/index.ts'
import {
  getOperatedOrganization,
  listAllOrganizations,
  type OperatedOrganization,
  setOrganizationDeleted,
} from '../../modules/organizations/index.ts'
import type { Config } from '../../platform/config.ts'
import { wireIdentity } from '../wire-identity.ts'
import { withPlatform } from './open-for-command.ts'
import { operator } from './operator.ts'
import { printList, printOne } from './output.ts'

interface Output {
  json?: boolean
}

export async function organizationList(
  config: Config,
  options: Output & { limit: number; after?: string },
): Promise<void> {
  const rows = await withPlatform(config, (platform) =>
    listAllOrganizations(platform, { limit: options.limit, afterId: options.after }),
  )
  printList(rows.map(present), options.json, {
    id: (row) => row.id,
    slug: (row) => row.slug,
    members: (row) => row.members,
    state: (row) => (row.deletedAt === null ? 'active' : 'deleted'),
    name: (row) => row.name,
  })
}

export async function organizationShow(config: Config, name: string, options: Output): Promise<void> {
  const found = await withPlatform(config, (platform) => getOperatedOrganization(platform, name))
  printOne({ ...present(found) }, options.json)
}

export async function organizationCreate(
  config: Config,
  name: string,
  options: Output & { owner: string },
): Promise<void> {
  const made = await withPlatform(config, async (platform) => {
    const identity = wireIdentity(platform)
    const owner = await getAccount(identity, options.owner)
    const { id } = await identity.directory.create({ ...operator(null), userId: owner.id }, name.trim())
    return getOperatedOrganization(platform, id)
  })
  printOne({ ...present(made) }, options.json)
}

export async function organizationSetDeleted(
  config: Config,
  name: string,
  deleted: boolean,
  options: Output,
): Promise<void> {
  const changed = await withPlatform(config, async (platform) => {
    const { id } = await getOperatedOrganization(platform, name)
    await setOrganizationDeleted(platform, operator(id), id, deleted)
    return getOperatedOrganization(platform, id)
  })
  printOne({ ...present(changed) }, options.json)
}

function present(row: OperatedOrganization) {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    members: row.members,
    createdAt: row.createdAt.toISOString(),
    deletedAt: row.deletedAt?.toISOString() ?? null,
  }
}
