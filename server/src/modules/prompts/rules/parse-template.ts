import { variableName } from '../contract.ts'

export type TemplatePart = { text: string } | { variable: string }

export type ParsedTemplate = { parts: TemplatePart[] } | { problem: string }

/**
 * Reads a text in which `{{name}}` stands for a variable and `\{{` for two braces. What is neither is a mistake and is
 * said, for a variable that goes unnoticed would reach the model as braces.
 */
export function parseTemplate(source: string): ParsedTemplate {
  const parts: TemplatePart[] = []
  let text = ''
  let at = 0
  for (;;) {
    const open = source.indexOf('{{', at)
    if (open === -1) break
    if (source[open - 1] === '\\' && open > at) {
      text += `${source.slice(at, open - 1)}{{`
      at = open + 2
      continue
    }
    text += source.slice(at, open)
    const close = source.indexOf('}}', open + 2)
    const inside = close === -1 ? source.slice(open + 2, open + 42) : source.slice(open + 2, close)
    const name = inside.trim()
    if (close === -1 || !variableName.test(name)) {
      const shown = `{{${inside.slice(0, 40)}${close === -1 ? '' : '}}'}`
      return {
        problem: `${shown} is no variable: write {{name}} with letters, digits and _, or \\{{ for two braces`,
      }
    }
    if (text !== '') parts.push({ text })
    text = ''
    parts.push({ variable: name })
    at = close + 2
  }
  text += source.slice(at)
  if (text !== '') parts.push({ text })
  return { parts }
}

/** The variables of texts, each once, in the order they come. Of texts with a mistake there are none. */
export function variablesIn(sources: readonly string[]): string[] {
  const names = sources.flatMap((source) => {
    const parsed = parseTemplate(source)
    return 'parts' in parsed
      ? parsed.parts.flatMap((part) => ('variable' in part ? [part.variable] : []))
      : []
  })
  return [...new Set(names)]
}
