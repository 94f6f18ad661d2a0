/** A text in the JSON of an answer, with the way to it. */
export interface AnswerText {
  /** Pieces of one text have the same path, whatever chunk they come in. */
  readonly path: string
  readonly text: string
  readonly isJson: boolean
  set(text: string): void
}

type Json = Record<string, unknown>

/** Names and tokens, which are no text of the model's. */
const notText: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'name',
  'format',
  'signature',
  'data',
  'encrypted_content',
  'object',
  'tool_call_id',
  'logprobs',
])

/** Every text in a choice's message or delta, known and unknown fields alike: what a provider adds is looked at too. */
export function answerTexts(choice: Json, choiceIndex: number): AnswerText[] {
  const texts: AnswerText[] = []
  const walk = (holder: Json | unknown[], path: string): void => {
    const entries = Array.isArray(holder)
      ? holder.map((value, index) => [index, value] as const)
      : Object.entries(holder)
    for (const [key, value] of entries) {
      if (typeof key === 'string' && notText.has(key)) continue
      // Pieces of a list are told apart by their own numbers, where they have any.
      const number = isJsonObject(value) && typeof value.index === 'number' ? value.index : key
      const where = `${path}.${number}`
      if (typeof value === 'string') {
        if (value === '') continue
        const set = (text: string) => {
          // The holder is what the key was read from.
          ;(holder as Json)[key] = text
        }
        texts.push({ path: where, text: value, isJson: key === 'arguments', set })
      } else if (isJsonObject(value) || Array.isArray(value)) walk(value, where)
    }
  }
  const holder = isJsonObject(choice.delta) ? choice.delta : choice.message
  if (isJsonObject(holder)) walk(holder, String(choiceIndex))
  return texts
}

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The choices of an answer or a chunk, each with its number. */
export function choicesOf(body: Json): { choice: Json; index: number }[] {
  const { choices } = body
  if (!Array.isArray(choices)) return []
  return choices.filter(isJsonObject).map((choice, position) => ({
    choice,
    index: typeof choice.index === 'number' ? choice.index : position,
  }))
}
