import type { Page as ListPage } from '../../../server/tests/acceptance/support/contract.ts'
import type { Person } from '../../../server/tests/acceptance/support/person.ts'

interface Letter {
  to: string
  subject: string
  text: string
}

/**
 * The path of the newest letter's link, as somebody would press it. Letters of a server without a mail server lie in its
 * outbox, which the operator reads: the first person who signed up there.
 */
export async function linkInLetter(operator: Person, to: string, subject: string): Promise<string> {
  const { status, body } = await operator.call<ListPage<Letter>>('GET', '/api/v1/outbox?limit=200')
  if (status !== 200) throw new Error(`The outbox answered ${status}: ${JSON.stringify(body)}`)
  const letter = body.data.find((one) => one.to === to && one.subject === subject)
  const link = letter === undefined ? undefined : /https?:\/\/[^\s/]+(\/\S+)/.exec(letter.text)?.[1]
  if (link === undefined) throw new Error(`There is no letter “${subject}” with a link to ${to}.`)
  return link
}

export const confirmation = 'Confirm your e-mail address'

/** Opens the link that confirms the person's address. */
export async function confirmAddress(operator: Person, person: Person): Promise<void> {
  const link = await linkInLetter(operator, person.email, confirmation)
  const token = new URLSearchParams(link.slice(link.indexOf('#') + 1)).get('token')
  const { status } = await person.call('POST', '/api/v1/auth/verify-email', { token })
  if (status !== 204) throw new Error(`Confirming ${person.email} answered ${status}.`)
}
