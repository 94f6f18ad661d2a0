import { eld } from 'eld/extrasmall'

/** From the middle, where a text is itself: front matter and menus stand at the beginning. */
const SAMPLE_CHARACTERS = 6_000
const LEAST_LETTERS = 60

/** The language a text is written in, by ISO 639-1; null where too little text tells. */
export function detectLanguage(text: string): string | null {
  const from = Math.max(0, Math.floor((text.length - SAMPLE_CHARACTERS) / 2))
  const sample = text.slice(from, from + SAMPLE_CHARACTERS).toWellFormed()
  if ((sample.match(/\p{L}/gu)?.length ?? 0) < LEAST_LETTERS) return null
  const found = eld.detect(sample)
  return found.language !== '' && found.isReliable() ? found.language : null
}
