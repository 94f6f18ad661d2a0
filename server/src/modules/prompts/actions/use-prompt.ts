import type { Caller } from '../../../platform/context.ts'
import { readTenant } from '../../../platform/db/transactions.ts'
import type { PromptCall, PromptMessage, PromptParameters } from '../contract.ts'
import {
  promptArchived,
  promptLabelNotFound,
  promptNotFound,
  promptTooLong,
  promptVariablesMissing,
  promptVersionNotFound,
} from '../errors.ts'
import type { Prompts } from '../prompts.ts'
import { chooseVersion, defaultLabel } from '../rules/choose-version.ts'
import { nearestNames } from '../rules/nearest-names.ts'
import { renderPrompt } from '../rules/render-prompt.ts'
import { type CalledPrompt, listPromptNames } from '../store.ts'

/** A prompt as one call uses it. */
export interface UsedPrompt {
  id: string
  name: string
  version: number
  isCanary: boolean
  model: string | null
  parameters: PromptParameters
  messages: PromptMessage[]
}

/**
 * The messages, model and parameters a call gets by saying a prompt. From memory, in the steady state.
 * @param subject whom a canary keeps on one side where the call does not say
 * @throws prompts.not_found, prompts.label_not_found, prompts.version_not_found (404), prompts.archived (409),
 *   prompts.variables_missing, prompts.too_long (400)
 */
export async function usePrompt(
  prompts: Prompts,
  caller: Caller,
  call: PromptCall,
  subject: string,
): Promise<UsedPrompt> {
  const by = call.id === undefined ? { name: call.name ?? '' } : { id: call.id }
  const prompt = await prompts.find(caller, by)
  if (!prompt) throw await unknownPrompt(prompts, caller, by)
  if (prompt.archived)
    throw promptArchived({
      message: `The prompt '${prompt.name}' is archived.`,
      details: { param: 'prompt' },
    })
  const chosen = chooseVersion(prompt, call, call.subject ?? subject)
  if (!chosen) throw unknownLabel(prompt, call.label ?? defaultLabel)
  const version = await prompts.version(caller, prompt.id, chosen.number)
  if (!version) throw unknownVersion(prompt, chosen.number)
  const rendering = renderPrompt(version, call.variables ?? {})
  const at = `${prompt.name}@${chosen.number}`
  if (rendering.outcome === 'missing') {
    const names = rendering.variables.join(', ')
    throw promptVariablesMissing({
      message: `The prompt ${at} needs ${rendering.variables.length === 1 ? 'a value' : 'values'} for ${names}.`,
      details: { param: 'prompt.variables', variables: rendering.variables },
    })
  }
  if (rendering.outcome === 'too_long') {
    const { characters, most } = rendering
    throw promptTooLong({
      message: `The prompt ${at} with its variables is ${characters} characters, more than ${most}.`,
      details: { param: 'prompt.variables', characters, most },
    })
  }
  return {
    id: prompt.id,
    name: prompt.name,
    version: chosen.number,
    isCanary: chosen.isCanary,
    model: version.model,
    parameters: version.parameters,
    messages: rendering.messages,
  }
}

async function unknownPrompt(prompts: Prompts, caller: Caller, by: { id: string } | { name: string }) {
  if ('id' in by) return promptNotFound({ details: { param: 'prompt' } })
  const names = await readTenant(prompts.platform, caller, ({ tx }) => listPromptNames(tx, 1_000))
  const nearest = nearestNames(by.name, names)
  const hint = nearest.length > 0 ? ` Did you mean ${nearest.map((name) => `'${name}'`).join(' or ')}?` : ''
  return promptNotFound({
    message: `There is no prompt '${by.name}'.${hint}`,
    details: { param: 'prompt', nearest },
  })
}

function unknownLabel({ name, labels, latestVersion }: CalledPrompt, label: string) {
  const there = labels.map((one) => one.label).join(', ')
  return promptLabelNotFound({
    message:
      `No version of the prompt '${name}' is labelled ${label}. ` +
      `${there === '' ? 'It has no labels yet' : `It has ${there}`}; latest is version ${latestVersion}.`,
    details: { param: 'prompt', labels: labels.map((one) => one.label) },
  })
}

function unknownVersion({ name, latestVersion }: CalledPrompt, number: number) {
  return promptVersionNotFound({
    message: `The prompt '${name}' has no version ${number}; the newest is ${latestVersion}.`,
    details: { param: 'prompt' },
  })
}
