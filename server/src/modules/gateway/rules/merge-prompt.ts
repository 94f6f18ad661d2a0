import type { UsedPrompt } from '../../prompts/index.ts'

type Fields = Readonly<Record<string, unknown>>

/** Fields that mean something together: where a call has one of them, none of the prompt's is taken. */
const together: readonly (readonly string[])[] = [
  ['max_tokens', 'max_completion_tokens'],
  ['tools', 'tool_choice', 'parallel_tool_calls'],
]

/** A prompt's parameters and messages under those of a call: its messages come first, the call's fields win. */
export function mergePrompt(
  prompt: Pick<UsedPrompt, 'parameters' | 'messages'>,
  body: Fields & { messages?: readonly unknown[] | null | undefined },
): Record<string, unknown> {
  const parameters: Record<string, unknown> = { ...prompt.parameters }
  for (const group of together) {
    // A choice of tool alone is about the tools that the prompt has.
    const decisive = group.includes('tools') ? ['tools'] : group
    if (decisive.some((field) => body[field] !== undefined))
      for (const field of group) delete parameters[field]
  }
  return { ...parameters, ...body, messages: [...prompt.messages, ...(body.messages ?? [])] }
}
