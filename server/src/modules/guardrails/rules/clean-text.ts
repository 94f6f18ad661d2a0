/**
 * What text holds that nobody sees, or that looks like something else: control characters, marks that turn the direction of
 * writing, characters of no width, tag characters, and letters and digits of compatibility forms. Joiners stay where
 * scripts and emoji need them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const noWidth = /\u034f|[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]/gu
const joiners =
  /(?<!\ufe0f|[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Malayalam}\p{Script=Sinhala}])[\u200c\u200d]/gu
// A flag of a region is a black flag and tags.
const tags = /(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0000}-\u{e007f}]/gu
const compatible =
  /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u

export interface CleanText {
  readonly text: string
  /** How many characters of each kind were there. */
  readonly found: ReadonlyMap<string, number>
}

const enclosed = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  for (const first of [0x1f130, 0x1f150, 0x1f170])
    if (code >= first && code < first + 26) return String.fromCharCode(65 + code - first)
  return character.normalize('NFKC')
}

export function cleanText(text: string): CleanText {
  const found = new Map<string, number>()
  const take = (kind: string, from: string, what: RegExp, to: (one: string) => string = () => '') => {
    let count = 0
    const result = from.replace(what, (one: string) => {
      count += 1
      return to(one)
    })
    if (count > 0) found.set(kind, (found.get(kind) ?? 0) + count)
    return result
  }
  if (/^[\t\n\r\x20-\x7e]*$/.test(text)) return { text, found }
  let clean = take('control', text, controls)
  // Texts of these scripts use the marks; the overrides that turn everything around are never needed.
  clean = take('direction', clean, rightToLeft.test(clean) ? /[\u202d\u202e]/gu : directions)
  clean = take('no_width', clean, noWidth)
  clean = take('no_width', clean, joiners)
  clean = take('tag', clean, tags)
  clean = take('lookalike', clean, compatible, enclosed)
  return { text: clean, found }
}
