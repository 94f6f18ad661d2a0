import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { chooseModel } from '../../gateway/index.ts'
import { requireCollections } from '../../knowledge/index.ts'
import {
  findAssistant,
  insertVersion,
  lockAssistant,
  updateAssistant,
  type VersionedAssistant,
} from '../assistant-store.ts'
import type { Assistants } from '../assistants.ts'
import type { AssistantDefinition } from '../definition.ts'
import { assistantNotFound } from '../errors.ts'

type AssistantChanges = {
  readonly [Field in keyof AssistantDefinition]?: AssistantDefinition[Field] | undefined
} & {
  readonly name?: string | undefined
}

/** Adds a version with what is changed; runs that have begun go on with theirs. @throws assistants.not_found (404) */
export async function changeAssistant(
  { platform, gateway }: Assistants,
  caller: Caller,
  id: string,
  { name, ...given }: AssistantChanges,
): Promise<VersionedAssistant> {
  requirePermission(caller, 'manage:assistants')
  // What is left out is not changed.
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  if (typeof given.model === 'string') await chooseModel(gateway, caller, given.model)
  return withTenant(platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    await requireCollections(scope, given.collectionIds ?? [])
    const known = (await lockAssistant(tx, id)) ? await findAssistant(tx, id) : undefined
    if (!known) throw assistantNotFound()
    const definition = { ...known.definition, ...changes }
    const number = known.row.latestVersion + 1
    const version = { organizationId, assistantId: id, number, definition, createdAt: now }
    await insertVersion(tx, { ...version, createdBy: caller.userId })
    const row = { ...known.row, name: name ?? known.row.name, latestVersion: number, updatedAt: now }
    await updateAssistant(tx, id, { name: row.name, latestVersion: number, updatedAt: now })
    await recordAudit(scope, {
      action: 'assistant.change',
      entity: { type: 'assistant', id },
      changes: {
        version: number,
        fields: Object.keys({ ...changes, ...(name === undefined ? {} : { name }) }),
      },
    })
    await publishEvent(scope, { type: 'assistant.changed', data: { assistantId: id, version: number } })
    return { row, definition }
  })
}
