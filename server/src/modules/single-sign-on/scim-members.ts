import type { TenantTx } from '../../platform/db/types.ts'
import { isId } from '../../platform/ids.ts'
import { scimInvalid } from './errors.ts'
import { listPeopleOfScimUsers } from './scim-user-store.ts'

/** The users that a group names, each once. @throws scim.invalid (400) for one that is not there */
export async function requireMembers(tx: TenantTx, members: unknown): Promise<string[]> {
  const named = (Array.isArray(members) ? members : []).map((one: unknown) => {
    const { value } = Object(one) as Record<string, unknown> // whatever it is
    return String(value)
  })
  const wanted = [...new Set(named)]
  const ids = wanted.filter((value) => isId(value))
  const found = await listPeopleOfScimUsers(tx, ids)
  if (found.length < wanted.length)
    throw scimInvalid({
      message: 'A member is no user that was provisioned here.',
      details: { scimType: 'invalidValue' },
    })
  return found.map(({ id }) => id)
}
