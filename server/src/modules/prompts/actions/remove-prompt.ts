import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { promptNotFound } from '../errors.ts'
import { deletePrompt, findPromptForUpdate } from '../store.ts'

/** Deletes a prompt with all versions; what calls have cost with it stays in the books. @throws prompts.not_found (404) */
export async function removePrompt(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'deploy:prompts')
  const prompt = await findPromptForUpdate(scope.tx, id)
  if (!prompt) throw promptNotFound()
  await deletePrompt(scope.tx, id)
  const changes = { name: prompt.name, versions: prompt.latestVersion }
  await recordAudit(scope, { action: 'prompt.delete', entity: { type: 'prompt', id }, changes })
}
