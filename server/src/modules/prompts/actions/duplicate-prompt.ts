import type { Scope } from '../../../platform/context.ts'
import { promptNotFound, promptVersionNotFound } from '../errors.ts'
import { findPrompt, findVersion } from '../store.ts'
import { createPromptOf } from './create-prompt.ts'

/**
 * A new prompt whose first version is one of another's, the newest unless one is named. It has no labels.
 * @returns its id @throws prompts.not_found, prompts.version_not_found (404), prompts.name_taken, limit_reached (409)
 */
export async function duplicatePrompt(
  scope: Scope,
  id: string,
  copy: { name: string; folder?: string | undefined; version?: number | undefined },
): Promise<string> {
  const prompt = await findPrompt(scope.tx, id)
  if (!prompt) throw promptNotFound()
  const version = await findVersion(scope.tx, id, copy.version ?? prompt.latestVersion)
  if (!version) throw promptVersionNotFound()
  const { messages, variables, model, parameters, number } = version
  const note = `From version ${number} of ${prompt.name}.`
  const about = { name: copy.name, folder: copy.folder ?? prompt.folder, description: prompt.description }
  return createPromptOf(scope, about, [{ messages, variables, model, parameters, note }], '')
}
