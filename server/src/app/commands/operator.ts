import { hostname, userInfo } from 'node:os'
import type { Permission } from '../../platform/auth/permissions.ts'
import type { Caller } from '../../platform/context.ts'
import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'

/** Whoever may run commands on the installation's own machine. The audit log says so, with their name there. */
export function operator(organizationId: string | null, permissions: readonly Permission[] = []): Caller {
  return {
    ...systemCaller('', newId(), null, permissions),
    organizationId,
    userAgent: `freehold command line, ${loginName()} on ${hostname()}`,
  }
}

function loginName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without a name, as containers have.
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}
