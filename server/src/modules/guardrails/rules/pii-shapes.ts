import type { PiiKind } from './pii-kinds.ts'

/**
 * The shapes of personal data and secrets. What an expression finds is checked by `accept`, which may take a shorter piece
 * from its beginning. No match is longer than `longestMatch`, and none crosses a place that `runStart` calls a break.
 */
export interface PiiShape {
  readonly kind: PiiKind
  readonly expression: RegExp
  /** @returns how much of the match it is; 0 for none of it */
  accept(match: string, before: string, after: string): number
}

export const longestMatch = 4_300
/** How much of the text before a match its check may look at. */
export const contextLength = 48

const all = (match: string) => match.length

const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 ' +
    'GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 ' +
    'MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

function acceptIban(match: string, _before: string, after: string): number {
  const wanted = ibanLengths[match.slice(0, 2).toUpperCase()]
  if (wanted === undefined) return 0
  const length = lengthOf(match, wanted, /[A-Za-z0-9]/)
  const next = (match + after).charAt(length)
  if (length === 0 || /[A-Za-z0-9]/.test(next)) return 0
  const account = match
    .slice(0, length)
    .replace(/[^A-Za-z0-9]/g, '')
    .toUpperCase()
  const turned = account.slice(4) + account.slice(0, 4)
  let remainder = 0
  for (const character of turned) {
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder === 1 ? length : 0
}

/** How much of the text holds so many characters that count; 0 where it has not so many. */
function lengthOf(text: string, wanted: number, counts: RegExp): number {
  let seen = 0
  for (let index = 0; index < text.length; index++) {
    if (counts.test(text.charAt(index))) seen += 1
    if (seen === wanted) return index + 1
  }
  return 0
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits.charAt(digits.length - 1 - index))
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

function cardLength(digits: string): number {
  if (/^3[47]/.test(digits)) return 15
  if (/^3(?:0[0-5]|[689])/.test(digits)) return 14
  if (/^(?:4|5[1-5]|2[2-7]|6(?:011|22|4[4-9]|5)|35)/.test(digits)) return 16
  return 0
}

function acceptCard(match: string, _before: string, after: string): number {
  const digits = match.replace(/\D/g, '')
  const length = lengthOf(match, cardLength(digits), /\d/)
  if (length === 0 || /\d/.test((match + after).charAt(length))) return 0
  const groups = match.slice(0, length).split(/[ -]/)
  const isGrouped =
    groups.length === 1 || groups.every((group, index) => group.length >= (index === 0 ? 4 : 2))
  const taken = groups.join('')
  return isGrouped && !/^(\d)\1+$/.test(taken) && passesLuhn(taken) ? length : 0
}

const phoneWord =
  /(?:phone|tel|call|text|mobile|cell|fax|whatsapp|signal|sms|hotline|ring|reach (?:me|him|her|us|them) (?:at|on)|telefon\w*|handy\w*|mobil\w*|rufnummer|anruf\w*|tel[eé]fono|m[oó]vil|celular|t[eé]l[eé]phone|portable|telefone|telemóvel|numero|número|telefoon\w*|電話|电话|手机|тел\w*|☎|📞)[^\d]{0,24}$/i
const ssnWord = /(?:ssn|social security|social sec|s\.s\.n)[^\d]{0,24}$/i
const versionWord =
  /(?:\bv|version|release|ver\.|build|section|chapter|§|kapitel|abschnitt|firmware)[\s:]{0,3}$/i
const date = /^\(?\d{1,4}[-/. ]\d{1,2}[-/. ]\d{2,4}(?:\D|$)/

function acceptPhone(match: string, before: string, after: string): number {
  const digits = match.replace(/\D/g, '')
  if (digits.length < 7 || digits.length > 15) return 0
  if (/^[-/.]?\d|^[:%]\d/.test(after)) return 0
  const hasSeparator = /\d[ ().\-/\u00a0]+\d/.test(match)
  if (match.startsWith('+')) return digits.length >= 8 ? match.length : 0
  if (/^00[1-9]/.test(match)) return digits.length >= 11 && hasSeparator ? match.length : 0
  if (phoneWord.test(before)) return date.test(match) && digits.length === 8 ? 0 : match.length
  if (date.test(match)) return 0
  if (/^(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]?[2-9]\d{2}[ .-]\d{4}$/.test(match)) return match.length
  if (/^0\d(?:([ .-])\d{2})(?:\1\d{2}){3}$/.test(match)) return match.length
  if (/^\(?0[1-9]\d{1,4}\)?(?: ?[/-] ?| )\d{3,8}(?:[ -]\d{2,6}){0,3}$/.test(match) && digits.length >= 9)
    return match.length
  return 0
}

function acceptIpv4(match: string, before: string): number {
  if (versionWord.test(before) || /^(?:127\.|0\.|255\.255)/.test(match)) return 0
  return match.length
}

/** Eight groups, or fewer with one gap; `a::b` of a program has no digit, a time no four groups. */
function acceptIpv6(match: string): number {
  const halves = match.split('::')
  const groups = match.split(':').filter((group) => group !== '')
  const isWhole = halves.length === 1 && groups.length === 8
  const hasGap = halves.length === 2 && groups.length >= 3 && groups.length <= 7
  const isWellFormed =
    !/:::/.test(match) && !/^:[^:]|[^:]:$/.test(match) && groups.every((group) => group.length <= 4)
  return (isWhole || hasGap) && isWellFormed && /\d/.test(match) ? match.length : 0
}

/** A value behind a word such as `password` that a person might have typed, and no placeholder. */
function acceptNamedSecret(match: string): number {
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((one) => one.test(match)).length
  const isPlaceholder =
    /^(?:your|my|the|example|placeholder|changeme|process\.|os\.|env|null|undefined|x{4,}|\*{4,}|\.{3}|[<${[(])/i.test(
      match,
    )
  const isCode = /^[\w$]+(?:\.[\w$]+)*\(|^[a-zA-Z_]+(?:\.[a-zA-Z_]+)+$|^\w+\[/.test(match)
  return classes >= 2 && /\d/.test(match) && !isPlaceholder && !isCode ? match.length : 0
}

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'

/** In the order in which they win where two begin at the same place. */
export const piiShapes: readonly PiiShape[] = [
  {
    kind: 'secret',
    expression:
      /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s:,-]{0,4100}?-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
    accept: all,
  },
  {
    kind: 'secret',
    expression:
      /(?<![A-Za-z0-9_-])(?:sk-(?:ant-|or-|proj-|svcacct-)?[A-Za-z0-9_-]{20,220}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,120}|whsec_[A-Za-z0-9+/=]{20,80}|fh_[A-Za-z0-9_-]{30,120}|gh[pousr]_[A-Za-z0-9]{30,80}|github_pat_[A-Za-z0-9_]{40,120}|glpat-[A-Za-z0-9_-]{18,60}|xox[abeprs]-[A-Za-z0-9-]{10,120}|hf_[A-Za-z0-9]{30,60}|npm_[A-Za-z0-9]{36}|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,300}|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,60}|(?:AKIA|ASIA)[A-Z0-9]{16}|eyJ[A-Za-z0-9_-]{8,1500}\.eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{10,700})(?![A-Za-z0-9_])/g,
    accept: all,
  },
  {
    kind: 'secret',
    expression:
      /(?<=(?:pass(?:word|wd|phrase|wort)?|secret|api[_-]?key|access[_-]?key|auth[_-]?token|token|contraseña|пароль)["']?(?: is| ist|:|=|: ?=)\s{0,2}["'`]?)(?<![A-Za-z0-9])[^\s"'`,;<>|\u0250-\uffff]{8,128}(?![^\s"'`,;<>|\u0250-\uffff])/gi,
    accept: acceptNamedSecret,
  },
  {
    kind: 'email',
    expression:
      /(?<![A-Za-z0-9À-ɏ._%+-])[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ._%+'-]{0,62}[A-Za-z0-9À-ɏ_%+-])?@(?:[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ-]{0,61}[A-Za-z0-9À-ɏ])?\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9À-ɏ_-]|@)/g,
    accept: (match) => (/\.\.|@2x\.|\.(?:png|jpe?g|gif|svg|webp)$/i.test(match) ? 0 : match.length),
  },
  {
    kind: 'iban',
    expression:
      /(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}|[a-z]{2}\d{2}[a-z0-9]{11,30})/g,
    accept: acceptIban,
  },
  { kind: 'card', expression: /(?<![\d.,+-])\d(?:[ -]?\d){12,18}/g, accept: acceptCard },
  {
    kind: 'ssn',
    expression: /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d]|-\d)/g,
    accept: all,
  },
  {
    kind: 'ssn',
    expression: /(?<![\d-])(?!000|666|9\d\d)\d{3} ?(?!00)\d{2} ?(?!0000)\d{4}(?![\d]|[- ]\d)/g,
    accept: (match, before) => (ssnWord.test(before) ? match.length : 0),
  },
  {
    kind: 'ip',
    expression: new RegExp(`(?<![\\d.])(?:${octet}\\.){3}${octet}(?![\\d]|\\.\\d)`, 'g'),
    accept: acceptIpv4,
  },
  { kind: 'ip', expression: /(?<![\w:])[0-9A-Fa-f:]{7,39}(?![\w:])/g, accept: acceptIpv6 },
  {
    kind: 'phone',
    expression: /(?<![\w+.\-/#€$£])(?:\+|\(\+?)?\(?\d(?:[ ().\-/\u00a0]{0,3}\d){5,16}(?![\w€%])/g,
    accept: acceptPhone,
  },
]

const joins = /[0-9A-Z()+/.,:-]/
/** In no match that is not a private key. */
const breaks = /["`<>;|\n\r\t\u0250-\u{10ffff}]/u

/**
 * From where on a match could still be under way at the end of the text: the beginning of what has no break in it. A
 * single space is none between digits, capitals and what stands between the groups of numbers.
 */
export function runStart(text: string, from: number): number {
  const key = text.lastIndexOf('-----BEGIN ')
  const isOpenKey = key >= from && !/-----END [A-Z ]{0,30}PRIVATE KEY-----/.test(text.slice(key))
  let index = text.length
  while (index > from) {
    const character = text.charAt(index - 1)
    if (character === ' ' || character === '\u00a0') {
      const left = text.charAt(index - 2)
      const right = text.charAt(index)
      const isNumberLike = (one: string) => one === '' || one === ' ' || one === '\u00a0' || joins.test(one)
      if (!isNumberLike(left) || left === '' || !isNumberLike(right)) break
    } else if (breaks.test(character)) break
    index -= 1
  }
  return Math.max(from, Math.min(index, isOpenKey ? key : index))
}
