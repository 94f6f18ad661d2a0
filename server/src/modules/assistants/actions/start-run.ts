import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { readTenant, withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import { chooseModel } from '../../gateway/index.ts'
import { findAssistant } from '../assistant-store.ts'
import { type Assistants, advanceJob } from '../assistants.ts'
import { assistantNotFound } from '../errors.ts'
import { presentRun } from '../present.ts'
import { newestGraphVersion } from '../rules/graph-versions.ts'
import { insertRun } from '../run-store.ts'
import { openRunSeal } from '../sealed-runs.ts'

/**
 * Gives an assistant a task: the run is stored with the versions it is pinned to, and goes on in a job.
 * @throws assistants.not_found (404), model_not_found (404), model_not_allowed (403)
 */
export async function startRun(
  { platform, gateway }: Assistants,
  caller: Caller,
  { assistantId, input }: { assistantId: string; input: string },
) {
  requirePermission(caller, 'use:assistants')
  requirePermission(caller, 'use:models')
  const assistant = await readTenant(platform, caller, ({ tx }) => findAssistant(tx, assistantId))
  if (!assistant) throw assistantNotFound()
  const { row, definition } = assistant
  const model = await chooseModel(gateway, caller, definition.model ?? undefined)
  return withTenant(platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    const seal = await openRunSeal(platform, scope)
    const id = newId()
    const run = await insertRun(tx, {
      organizationId,
      id,
      assistantId,
      assistantVersion: row.latestVersion,
      graph: definition.graph,
      graphVersion: newestGraphVersion(definition.graph),
      model,
      userId: caller.apiKeyId === null ? caller.userId : null,
      apiKeyId: caller.apiKeyId,
      serviceAccountId: caller.serviceAccountId,
      state: 'queued',
      inputSealed: seal.seal('assistant_runs.input', id, input),
      createdAt: now,
    })
    await platform.jobs.send(scope, advanceJob, { organizationId, id })
    await recordAudit(scope, {
      action: 'assistant_run.start',
      entity: { type: 'assistant_run', id },
      changes: { assistantId, version: row.latestVersion },
    })
    return presentRun(run, seal)
  })
}
