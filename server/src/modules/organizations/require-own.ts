import type { Caller } from '../../platform/context.ts'
import { organizationNotFound } from './errors.ts'

/** Another organization's id and a random one are answered alike. @throws organizations.not_found (404) */
export function requireOwn(caller: Caller, id: string): void {
  if (caller.organizationId !== id) throw organizationNotFound()
}
