import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import { validationFailed } from '../../../platform/errors.ts'
import { updateFolder } from '../store.ts'

const checkViolation = '23514'

/**
 * Moves the prompts of a folder, and of those below it, into another. No call says a folder, so none breaks.
 * @returns how many were moved
 */
export async function moveFolder(scope: Scope, from: string, to: string): Promise<number> {
  requirePermission(scope.caller, 'manage:prompts')
  if (to === from || to.startsWith(`${from}/`))
    throw refusal('to', 'must not be the folder itself or one below it')
  const moved = await updateFolder(scope.tx, from, to, scope.now).catch((error: unknown) => {
    throw sqlState(error) === checkViolation ? refusal('to', 'makes the path of a folder too long') : error
  })
  for (const id of moved) {
    const changes = { folder: { from, to } }
    await recordAudit(scope, { action: 'prompt.change', entity: { type: 'prompt', id }, changes })
  }
  return moved.length
}

function refusal(field: string, message: string) {
  return validationFailed({
    message: `The request is not valid: body field "${field}": ${message}.`,
    details: { problems: [{ in: 'body', field, message }] },
  })
}
