import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { lockAssistant, updateAssistant } from '../assistant-store.ts'
import type { Assistants } from '../assistants.ts'
import { assistantNotFound } from '../errors.ts'

/** Takes an assistant out of use. Its runs stay; those that have begun go on. @throws assistants.not_found (404) */
export async function archiveAssistant({ platform }: Assistants, caller: Caller, id: string): Promise<void> {
  requirePermission(caller, 'manage:assistants')
  await withTenant(platform, caller, async (scope) => {
    if (!(await lockAssistant(scope.tx, id))) throw assistantNotFound()
    await updateAssistant(scope.tx, id, { archivedAt: scope.now })
    await recordAudit(scope, { action: 'assistant.archive', entity: { type: 'assistant', id } })
    await publishEvent(scope, { type: 'assistant.archived', data: { assistantId: id } })
  })
}
