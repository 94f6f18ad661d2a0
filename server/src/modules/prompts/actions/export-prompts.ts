import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import type { ExportedPrompt } from '../contract.ts'
import { promptExportTooLarge } from '../errors.ts'
import { listLabels } from '../label-store.ts'
import { findPrompt, listPromptIds, listWholeVersions, sumVersionBytes } from '../store.ts'

/** Less than an import takes, so that what went out comes in again. */
const mostExportBytes = 8_000_000

/** Prompts with all their versions and labels. @throws prompts.export_too_large (409) */
export async function exportPrompts(
  scope: Scope,
  which: { folder?: string | undefined; promptId?: string | undefined },
): Promise<ExportedPrompt[]> {
  requirePermission(scope.caller, 'read:prompts')
  const ids = await listPromptIds(scope.tx, which)
  if ((await sumVersionBytes(scope.tx, ids)) > mostExportBytes) throw promptExportTooLarge()
  const versions = Map.groupBy(await listWholeVersions(scope.tx, ids), ({ promptId }) => promptId)
  const labels = Map.groupBy(await listLabels(scope.tx, ids), ({ promptId }) => promptId)
  const exported: ExportedPrompt[] = []
  for (const id of ids) {
    const prompt = await findPrompt(scope.tx, id)
    if (!prompt) continue
    exported.push({
      name: prompt.name,
      folder: prompt.folder,
      description: prompt.description,
      versions: (versions.get(id) ?? []).map(({ number, messages, variables, model, parameters, note }) => ({
        number,
        messages,
        variables,
        model,
        parameters,
        note,
      })),
      labels: Object.fromEntries((labels.get(id) ?? []).map(({ label, version }) => [label, version])),
    })
  }
  return exported
}
