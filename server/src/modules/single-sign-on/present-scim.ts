import { coreGroup, coreUser, enterpriseUser } from './adapters/scim-model.ts'
import type { ScimGroup } from './scim-group-store.ts'
import type { ScimUser } from './scim-user-store.ts'

type Json = Record<string, unknown>

export const scimPath = '/scim/v2'

const baseOf = (publicUrl: string) => `${publicUrl.replace(/\/$/, '')}${scimPath}`

function metaOf(
  row: { id: string; createdAt: Date; updatedAt: Date },
  resourceType: 'User' | 'Group',
  base: string,
) {
  return {
    resourceType,
    created: row.createdAt.toISOString(),
    lastModified: row.updatedAt.toISOString(),
    location: `${base}/${resourceType}s/${row.id}`,
  }
}

/** A user in SCIM's words. */
export function presentScimUser(row: ScimUser, publicUrl: string): Json {
  const base = baseOf(publicUrl)
  const { attributes } = row
  return {
    schemas: enterpriseUser in attributes ? [coreUser, enterpriseUser] : [coreUser],
    id: row.id,
    ...(row.externalId === null ? {} : { externalId: row.externalId }),
    userName: row.userName,
    emails: [{ value: row.email, primary: true }],
    ...attributes,
    active: row.active,
    groups: row.groups.map(({ id, displayName }) => ({
      value: id,
      display: displayName,
      $ref: `${base}/Groups/${id}`,
    })),
    meta: metaOf(row, 'User', base),
  }
}

/** What of a user has no column of its own. */
export function attributesOf(user: Json): Json {
  const { schemas, id, externalId, meta, userName, active, groups, password, ...attributes } = user
  if (!Array.isArray(attributes.emails)) return attributes
  // Addresses are compared without their case.
  const emails = attributes.emails.map((one: Json) =>
    typeof one.value === 'string' ? { ...one, value: one.value.toLowerCase() } : one,
  )
  return { ...attributes, emails }
}

/** A group in SCIM's words. */
export function presentScimGroup(row: ScimGroup, publicUrl: string): Json {
  const base = baseOf(publicUrl)
  return {
    schemas: [coreGroup],
    id: row.id,
    ...(row.externalId === null ? {} : { externalId: row.externalId }),
    displayName: row.displayName,
    members: row.members.map(({ id, userName }) => ({
      value: id,
      display: userName,
      $ref: `${base}/Users/${id}`,
    })),
    meta: metaOf(row, 'Group', base),
  }
}
