import { scimInvalid } from './errors.ts'
import { attributesOf } from './present-scim.ts'
import { faultOfAttributes } from './rules/scim-weight.ts'

/** What is kept of a user beside their columns. @throws scim.invalid (400) for more than is kept of one */
export function readAttributes(user: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const attributes = attributesOf(user)
  const fault = faultOfAttributes(attributes)
  if (fault !== undefined) throw scimInvalid({ message: fault, details: { scimType: 'invalidValue' } })
  return attributes
}
