import type { NewPromptVersion, PromptMessage } from '../../app/api-types.ts'

/** What is tried: messages of one's own, or behind those of a prompt. */
export interface Setup {
  messages: PromptMessage[]
  parameters: NewPromptVersion['parameters']
  /** By name, for the variables of the prompt or of the messages. */
  variables: Record<string, string>
}

/** One of up to two that are compared. */
export interface Side {
  /** Null: the prompt's, or the organization's default. */
  model: string | null
  version: number | null
}

/** What stands there at first. A prompt says itself what the model is. */
export function setupFor(promptId: string | undefined): Setup {
  const user: PromptMessage = { role: 'user', content: '' }
  return {
    messages: promptId === undefined ? [{ role: 'system', content: '' }, user] : [user],
    parameters: {},
    variables: {},
  }
}

/** The body of the call of one side. */
export function bodyOf(
  setup: Setup,
  side: Side,
  prompt: { name: string; variables: readonly string[] } | null,
): Record<string, unknown> {
  const messages = setup.messages.filter(({ content }) => content.trim() !== '')
  if (prompt === null) {
    return {
      ...(side.model === null ? {} : { model: side.model }),
      messages: messages.map(({ role, content }) => ({ role, content: filled(content, setup.variables) })),
      ...setup.parameters,
    }
  }
  const values = prompt.variables.flatMap((name) => {
    const value = setup.variables[name]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  return {
    model: side.model ?? 'prompt',
    messages,
    prompt: {
      name: prompt.name,
      ...(side.version === null ? {} : { version: side.version }),
      ...(values.length === 0 ? {} : { variables: Object.fromEntries(values) }),
    },
    ...setup.parameters,
  }
}

/** Variables of messages that are no prompt yet are filled in here; one without a value stays as it is written. */
function filled(content: string, values: Readonly<Record<string, string>>): string {
  return content.replace(
    /(?<!\\)\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,63})\s*\}\}/g,
    (written, name: string) => values[name] || written,
  )
}

/** The setup as the first version of a prompt. */
export function versionOf(setup: Setup, side: Side): NewPromptVersion {
  return {
    messages: setup.messages.filter(({ content }) => content.trim() !== ''),
    variables: [],
    model: side.model,
    parameters: setup.parameters,
    note: 'From the playground.',
  }
}
