import type { NewPromptVersion, PromptMessage, PromptVariable, PromptVersion } from '../../app/api-types.ts'

export interface TemplatePiece {
  /** Where it begins in the text. */
  at: number
  text: string
  /** The name, where it is a variable. */
  variable: string | null
}

/** A text cut into what is written and what stands for a variable, as the server reads it. */
export function piecesOf(source: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = []
  let from = 0
  for (const match of source.matchAll(/(?<!\\)\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,63})\s*\}\}/g)) {
    if (match.index > from) pieces.push({ at: from, text: source.slice(from, match.index), variable: null })
    pieces.push({ at: match.index, text: match[0], variable: match[1] ?? null })
    from = match.index + match[0].length
  }
  if (from < source.length) pieces.push({ at: from, text: source.slice(from), variable: null })
  return pieces
}

export function variablesIn(messages: readonly PromptMessage[]): string[] {
  const names = messages.flatMap(({ content }) =>
    piecesOf(content).flatMap(({ variable }) => (variable === null ? [] : [variable])),
  )
  return [...new Set(names)]
}

/** What is said of the variables that are there; of a new one nothing yet. */
export function variablesOf(
  messages: readonly PromptMessage[],
  said: readonly PromptVariable[],
): PromptVariable[] {
  return variablesIn(messages).map(
    (name) => said.find((one) => one.name === name) ?? { name, default: null, description: '' },
  )
}

/** The next version begins as this one, without its note. */
export function draftOf({ messages, variables, model, parameters }: PromptVersion): NewPromptVersion {
  return { messages, variables, model, parameters, note: '' }
}

export const roleNames = {
  system: 'System',
  developer: 'Developer',
  user: 'User',
  assistant: 'Assistant',
} as const satisfies Record<PromptMessage['role'], string>

export const example: { name: string; folder: string; description: string; version: NewPromptVersion } = {
  name: 'reply-to-customer',
  folder: 'support',
  description: 'Drafts an answer to a letter, in the tone of the house.',
  version: {
    messages: [
      {
        role: 'system',
        content:
          'You write for {{company}}. Answer the letter below in at most five sentences: friendly, exact, without promises that are not in it. Sign as “{{signature}}”.',
      },
      { role: 'user', content: 'Letter:\n\nWhere is my parcel? I ordered two weeks ago.' },
      {
        role: 'assistant',
        content:
          'Thank you for your patience. Two weeks is longer than it should take; we are looking for your parcel today and will write to you by tomorrow noon.\n\n{{signature}}',
      },
      { role: 'user', content: 'Letter:\n\n{{letter}}' },
    ],
    variables: [
      { name: 'company', default: 'Acme', description: 'As it is called in letters' },
      { name: 'signature', default: 'The service team', description: '' },
      { name: 'letter', default: null, description: 'What the customer wrote' },
    ],
    model: null,
    parameters: { temperature: 0.3 },
    note: 'The example.',
  },
}
