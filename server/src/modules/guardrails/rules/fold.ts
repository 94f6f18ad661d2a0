/**
 * Text as guards compare it, whatever it is dressed up as: lower case, compatibility forms as plain letters, no accents on
 * Latin, no characters that are not seen, Cyrillic and Greek letters that look Latin as such where `foldLookalikes` asks for it.
 */
const unseen =
  /\u034f|[\u17b4\u17b5]|[\u180b-\u180d]|\u180f|[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/u
const space = /[\s\u2800]/u
const ascii: readonly string[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return space.test(character) ? ' ' : character.toLowerCase()
})
const folded = new Map<string, string>()
const mostRemembered = 20_000

/** One character, given as a code point; empty where it is not seen. White space of any kind is one space. */
export function foldCharacter(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 128 && character.length === 1) return ascii[code] ?? character
  const known = folded.get(character)
  if (known !== undefined) return known
  const made = unseen.test(character)
    ? ''
    : space.test(character)
      ? ' '
      : character
          .normalize('NFKD')
          .replace(/[\u0300-\u036f]/g, '')
          .toLowerCase()
          .replace(/[\u0300-\u036f]/g, '')
  if (folded.size >= mostRemembered) folded.clear()
  folded.set(character, made)
  return made
}

export function fold(text: string): string {
  let result = ''
  for (const character of text) result += foldCharacter(character)
  return result
}

const lookalikes: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  е: 'e',
  к: 'k',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  с: 'c',
  т: 't',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  ԁ: 'd',
  ӏ: 'l',
  α: 'a',
  ο: 'o',
  ρ: 'p',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  τ: 't',
  υ: 'u',
  χ: 'x',
}

/** Words that mix Latin with letters that look like it, in Latin alone. */
export function foldLookalikes(text: string): string {
  if (!/[\u0370-\u052f]/.test(text)) return text
  return text.replace(/[\p{L}]+/gu, (word) =>
    /[a-z]/.test(word) && /[\u0370-\u052f]/.test(word)
      ? word.replace(/[\u0370-\u052f]/g, (letter) => lookalikes[letter] ?? letter)
      : word,
  )
}
