import type { Scope } from '../../platform/context.ts'
import { organizationNotFound } from './errors.ts'
import {
  type CallSettings,
  type OrganizationSettings,
  readCallSettings,
  readSettings,
} from './rules/organization-settings.ts'
import { findOrganization } from './store.ts'

/** What the scope's organization has set for itself. @throws organizations.not_found (404), also once it is deleted */
export async function getOrganizationSettings(scope: Scope): Promise<OrganizationSettings> {
  return readSettings(await findSettings(scope))
}

/** As above, with what only calls need. */
export async function getCallSettings(scope: Scope): Promise<CallSettings> {
  return readCallSettings(await findSettings(scope))
}

async function findSettings({ tx, organizationId }: Scope): Promise<Record<string, unknown>> {
  const row = await findOrganization(tx, organizationId)
  if (!row || row.deletedAt) throw organizationNotFound()
  return row.settings
}
