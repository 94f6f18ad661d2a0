import { passwordRefused } from './errors.ts'
import type { Identity } from './identity.ts'
import { judgePassword } from './rules/judge-password.ts'

const messages = {
  contains_email: 'This password is your e-mail address, or little more. Choose another one.',
  contains_name: 'This password is your name, or little more. Choose another one.',
  too_few_characters: 'This password repeats too few characters. Choose another one.',
  breached: 'This password stands in lists of leaked passwords. Choose another one.',
}

/** @throws password_refused (422) with `details.reason`: contains_email, contains_name, too_few_characters, breached */
export async function checkNewPassword(
  identity: Identity,
  password: string,
  person: { email: string; name: string },
): Promise<void> {
  const fault = judgePassword(password, person)
  const reason = fault ?? ((await identity.breachedPasswords.includes(password)) ? 'breached' : undefined)
  if (reason !== undefined) throw passwordRefused({ message: messages[reason], details: { reason } })
}
