import type { Scope } from '../../platform/context.ts'
import { organizationNotFound } from './errors.ts'
import { type OrganizationSettings, readSettings } from './rules/organization-settings.ts'
import { findOrganization } from './store.ts'

/** What the scope's organization has set for itself. @throws organizations.not_found (404), also once it is deleted */
export async function getOrganizationSettings({ tx, organizationId }: Scope): Promise<OrganizationSettings> {
  const row = await findOrganization(tx, organizationId)
  if (!row || row.deletedAt) throw organizationNotFound()
  return readSettings(row.settings)
}
