import type { GuardrailPolicy, GuardrailVerdict } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'

export type GuardName = keyof GuardrailPolicy

export const guardNames: readonly GuardName[] = [
  'length',
  'unicode',
  'patterns',
  'injection',
  'pii',
  'promptLeak',
  'answer',
]

export const titles: Record<GuardName, string> = {
  length: 'Length',
  unicode: 'Hidden characters',
  patterns: 'Banned words',
  injection: 'Prompt injection',
  pii: 'Personal data',
  promptLeak: 'Leak of the system message',
  answer: 'Form of the answer',
}

export const meanings: Record<GuardName, string> = {
  length: 'Requests that are longer than they need to be, which cost money and carry attacks.',
  unicode: 'Characters that nobody sees, turn the writing around, or only look like letters.',
  patterns: 'Words and phrases that may not go out or come back, however they are dressed up.',
  injection: 'Attempts to turn the model against its instructions, in messages and in results of tools.',
  pii: 'Addresses, numbers and keys, found by their form and their checksums.',
  promptLeak: 'Answers that repeat what the system message says.',
  answer: 'Answers that are not the JSON that was asked for, or too long.',
}

const actionWords: Record<string, string> = {
  off: 'Off',
  flag: 'Flag',
  clean: 'Clean',
  redact: 'Hide',
  block: 'Block',
}

export function actionOptions<Action extends string>(actions: readonly Action[]) {
  return actions.map((value) => ({ value, label: actionWords[value] ?? value }))
}

export const kindWords: Record<GuardrailPolicy['pii']['kinds'][number], string> = {
  email: 'E-mail addresses',
  phone: 'Phone numbers',
  iban: 'Bank accounts (IBAN)',
  card: 'Payment cards',
  ip: 'IP addresses',
  ssn: 'US social security numbers',
  secret: 'Keys and passwords',
}

const foundWords: Record<string, string> = {
  ...kindWords,
  control: 'control characters',
  direction: 'turned writing',
  no_width: 'characters without width',
  tag: 'tag characters',
  lookalike: 'look-alike letters',
  characters: 'too many characters',
  messages: 'too many messages',
  length: 'too long',
  not_json: 'no JSON',
  not_schema: 'other JSON than asked for',
}

const done: Record<GuardrailVerdict['action'], string> = {
  flag: 'flagged',
  clean: 'cleaned',
  redact: 'hidden',
  block: 'blocked',
}

/** “Personal data: hidden, 2 times (E-mail addresses)”. */
export function verdictInWords({ guard, action, count, score, kinds }: GuardrailVerdict): string {
  const times = count > 1 ? `, ${plural(count, 'time')}` : ''
  const certainty = score === null ? '' : `, score ${score.toFixed(2)}`
  const what = kinds.length > 0 ? ` (${kinds.map((kind) => foundWords[kind] ?? kind).join(', ')})` : ''
  return `${titles[guard]}: ${done[action]}${times}${certainty}${what}`
}
