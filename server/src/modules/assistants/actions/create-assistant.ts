import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { newId } from '../../../platform/ids.ts'
import { chooseModel } from '../../gateway/index.ts'
import { requireCollections } from '../../knowledge/index.ts'
import { insertAssistant, insertVersion, type VersionedAssistant } from '../assistant-store.ts'
import type { Assistants } from '../assistants.ts'
import type { AssistantDefinition } from '../definition.ts'

/** Makes an assistant with its first version. @throws collection_not_found (404), model_not_found (404), model_not_allowed (403) */
export async function createAssistant(
  { platform, gateway }: Assistants,
  caller: Caller,
  { name, ...definition }: AssistantDefinition & { name: string },
): Promise<VersionedAssistant> {
  requirePermission(caller, 'manage:assistants')
  if (definition.model !== null) await chooseModel(gateway, caller, definition.model)
  return withTenant(platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    await requireCollections(scope, definition.collectionIds ?? [])
    const createdBy = caller.userId
    const row = { organizationId, id: newId(), name, latestVersion: 1, createdBy }
    const whole = { ...row, createdAt: now, updatedAt: now, archivedAt: null }
    await insertAssistant(tx, whole)
    const version = { organizationId, assistantId: row.id, number: 1, definition, createdBy, createdAt: now }
    await insertVersion(tx, version)
    await recordAudit(scope, {
      action: 'assistant.create',
      entity: { type: 'assistant', id: row.id },
      changes: { name, tools: definition.tools, graph: definition.graph },
    })
    await publishEvent(scope, { type: 'assistant.created', data: { assistantId: row.id } })
    return { row: whole, definition }
  })
}
