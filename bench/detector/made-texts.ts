import type { Sample } from './read-source.ts'
import { englishParts } from './text-parts.ts'
import { attacks, foreignParts, harmless } from './text-sentences.ts'

const parts: Readonly<Record<string, readonly string[]>> = { ...englishParts, ...foreignParts }

/**
 * Texts made out of parts: attacks as they are known from the literature, and harmless ones that use their words. They are ours, and
 * fill what the public sets to train on lack: orders to a guard of a secret, false ends of a document, extraction in other
 * words, and questions that only sound like one of these. `random` gives numbers from 0 to 1.
 */
export function makeTexts(
  count: number,
  label: 0 | 1,
  carriers: readonly string[],
  random: () => number,
): Sample[] {
  const made = new Map<string, Sample>()
  const one = (parts: readonly string[]): string => parts[Math.floor(random() * parts.length)] ?? ''
  const fill = (template: string): string => {
    let text = template
    for (let depth = 0; depth < 4 && text.includes('{'); depth++)
      text = text.replace(/\{(\w+)\}/g, (_, name: string) => one(parts[name] ?? []))
    return text
  }
  for (let tries = 0; made.size < count && tries < count * 20; tries++) {
    const sentence = fill(one(label === 1 ? attacks : harmless))
    const carrier = random() < 0.3 ? one(carriers).slice(0, 600) : ''
    const text =
      carrier === '' ? sentence : random() < 0.6 ? `${carrier}\n${sentence}` : `${sentence} ${carrier}`
    made.set(sentence, { text, label })
  }
  return [...made.values()]
}
