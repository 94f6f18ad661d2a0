import type { PromptMessage, PromptVariable } from '../contract.ts'
import { parseTemplate } from './parse-template.ts'

export type VariableValues = Readonly<Record<string, string | number | boolean>>

export type Rendering =
  | { outcome: 'rendered'; messages: PromptMessage[] }
  | { outcome: 'missing'; variables: string[] }
  | { outcome: 'too_long'; characters: number; most: number }

/** More than a request's own body may hold makes no sense, and a variable that is used often multiplies. */
export const mostRenderedCharacters = 4_000_000

/**
 * The messages with their variables filled in. Values are put in as they are: braces in them mean nothing, and no role
 * can be opened by them. The length is summed up before anything is built.
 */
export function renderPrompt(
  version: { messages: readonly PromptMessage[]; variables: readonly PromptVariable[] },
  given: VariableValues,
): Rendering {
  const values = new Map<string, string>()
  for (const { name, default: standIn } of version.variables) {
    // Own fields only: `constructor` and its like are names as any other.
    if (Object.hasOwn(given, name)) values.set(name, String(given[name]))
    else if (standIn !== null) values.set(name, standIn)
  }
  const missing = version.variables.map(({ name }) => name).filter((name) => !values.has(name))
  if (missing.length > 0) return { outcome: 'missing', variables: missing }

  const parsed = version.messages.map(({ role, content }) => ({ role, parts: partsOf(content) }))
  const pieces = parsed.map(({ role, parts }) => ({
    role,
    texts: parts.map((part) => ('text' in part ? part.text : (values.get(part.variable) ?? ''))),
  }))
  const characters = pieces.flatMap(({ texts }) => texts).reduce((sum, text) => sum + text.length, 0)
  if (characters > mostRenderedCharacters)
    return { outcome: 'too_long', characters, most: mostRenderedCharacters }
  return {
    outcome: 'rendered',
    messages: pieces.map(({ role, texts }) => ({ role, content: texts.join('') })),
  }
}

function partsOf(content: string) {
  const parsed = parseTemplate(content)
  if ('problem' in parsed) throw new Error('A stored version has a template that could not have been stored.')
  return parsed.parts
}
