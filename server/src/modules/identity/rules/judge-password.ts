export type PasswordFault = 'contains_email' | 'contains_name' | 'too_few_characters'

const leastDifferent = 4

/** Why a password is too easy for this person, beside its length: it is their name or address, or hardly varies. */
export function judgePassword(
  password: string,
  person: { email: string; name: string },
): PasswordFault | undefined {
  if (new Set(password).size < leastDifferent) return 'too_few_characters'
  const written = plain(password)
  const [local = '', host = ''] = person.email.split('@')
  const addresses = [person.email, local, `${local}${host.split('.')[0] ?? ''}`]
  if (addresses.some((one) => saysOnly(written, plain(one)))) return 'contains_email'
  if (saysOnly(written, plain(person.name))) return 'contains_name'
  return undefined
}

/** Whether a text is a word of the person's, alone or with a few letters or digits around it. */
function saysOnly(written: string, word: string): boolean {
  return word.length >= 4 && written.includes(word) && written.length - word.length <= 4
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
