export type Json = Record<string, unknown>

/** A text in JSON, with the way to it. */
export interface JsonText {
  /** Pieces of one text have the same path, whatever part of a stream they come in. */
  readonly path: string
  readonly text: string
  /** It is written as JSON itself, as a tool's input is. */
  readonly isJson: boolean
  set(text: string): void
}

/** Names and tokens, which are no text of anybody's. */
const notText: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'name',
  'format',
  'signature',
  'data',
  'encrypted_content',
  'encrypted_index',
  'object',
  'tool_call_id',
  'tool_use_id',
  'media_type',
  'cache_control',
  'logprobs',
])
const writtenAsJson: ReadonlySet<string | number> = new Set(['arguments', 'partial_json'])

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether what stands under a key may be text. Everything in the input of a tool is, whatever it is called there. */
function isText(holder: Json, key: string): boolean {
  // The text of a document is its data; that of pictures and sound is none.
  return key === 'data' ? holder.type === 'text' : !notText.has(key)
}

/** Every text below, in known and unknown fields alike: what a provider adds is looked at too. */
export function collectTexts(top: Json | unknown[], path: string): JsonText[] {
  const texts: JsonText[] = []
  const walk = (holder: Json | unknown[], path: string, everything: boolean): void => {
    const entries = Array.isArray(holder)
      ? holder.map((value, index) => [index, value] as const)
      : Object.entries(holder)
    for (const [key, value] of entries) {
      if (typeof key === 'string' && !everything && !isText(holder as Json, key)) continue // it has names
      // Pieces of a list are told apart by their own numbers, where they have any.
      const number = isJsonObject(value) && typeof value.index === 'number' ? value.index : key
      const where = `${path}.${number}`
      if (typeof value === 'string') {
        if (value === '') continue
        const set = (text: string) => {
          // The holder is what the key was read from.
          ;(holder as Json)[key] = text
        }
        texts.push({ path: where, text: value, isJson: writtenAsJson.has(key), set })
      } else if (isJsonObject(value) || Array.isArray(value))
        walk(value, where, everything || key === 'input')
    }
  }
  walk(top, path, false)
  return texts
}

/** A value with each text in it replaced; itself where nothing was. */
export function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (!isJsonObject(value)) return mapEach(value, replace, mapTexts)
  const entries = Object.keys(value).map((key) => [key, mapField(value, key, replace)] as const)
  return entries.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(entries)
}

/** What stands under a key, with each text in it replaced. */
export function mapField(holder: Json, key: string, replace: (text: string) => string): unknown {
  const value = holder[key]
  if (key === 'input') return mapStrings(value, replace)
  return isText(holder, key) ? mapTexts(value, replace) : value
}

/** A value with each string in it replaced, whatever it is called; itself where nothing was. */
export function mapStrings(value: unknown, replace: (text: string) => string): unknown {
  if (!isJsonObject(value)) return mapEach(value, replace, mapStrings)
  const entries = Object.entries(value).map(([key, one]) => [key, mapStrings(one, replace)] as const)
  return entries.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(entries)
}

function mapEach(value: unknown, replace: (text: string) => string, map: typeof mapStrings): unknown {
  if (typeof value === 'string') return replace(value)
  if (!Array.isArray(value)) return value
  const mapped = value.map((one: unknown) => map(one, replace))
  return mapped.every((one, index) => one === value[index]) ? value : mapped
}
