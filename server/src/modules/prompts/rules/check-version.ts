import { mostVariables, mostVersionCharacters, type NewVersion, type PromptVariable } from '../contract.ts'
import { parseTemplate, variablesIn } from './parse-template.ts'

export interface VersionProblem {
  field: string
  message: string
}

/** What is wrong with a version, and the variables it has: those of its messages, with what was said about them. */
export function checkVersion({ messages, variables }: Pick<NewVersion, 'messages' | 'variables'>): {
  problems: VersionProblem[]
  variables: PromptVariable[]
} {
  const problems: VersionProblem[] = []
  for (const [place, { content }] of messages.entries()) {
    const parsed = parseTemplate(content)
    if ('problem' in parsed) problems.push({ field: `messages.${place}.content`, message: parsed.problem })
  }
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0)
  if (characters > mostVersionCharacters) {
    const message = `must be at most ${mostVersionCharacters} characters together, not ${characters}`
    problems.push({ field: 'messages', message })
  }
  const found = variablesIn(messages.map(({ content }) => content))
  if (found.length > mostVariables)
    problems.push({ field: 'messages', message: `must have at most ${mostVariables} variables` })
  const said = new Map<string, PromptVariable>()
  for (const [place, variable] of variables.entries()) {
    const field = `variables.${place}.name`
    if (said.has(variable.name)) problems.push({ field, message: `${variable.name} stands here twice` })
    if (problems.length === 0 && !found.includes(variable.name))
      problems.push({ field, message: `{{${variable.name}}} is in no message` })
    said.set(variable.name, variable)
  }
  return {
    problems,
    variables: found.map((name) => said.get(name) ?? { name, default: null, description: '' }),
  }
}
