import type { AccountEvent } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'

export const methodNames: Record<string, string> = {
  password: 'your password',
  totp: 'a code of the app',
  recovery_code: 'a recovery code',
  passkey: 'a passkey',
  google: 'Google',
  github: 'GitHub',
  sso: 'single sign-on',
}

const sentences: Record<string, string> = {
  'account.create': 'The account was created',
  'account.export': 'You exported your data',
  'admin.grant': 'You became an operator of this installation',
  'admin.revoke': 'You are no operator of this installation any more',
  'email.verify': 'You confirmed your address',
  'password.reset_request': 'Somebody asked for a link that sets a new password',
  'two_factor.enable': 'You switched the second factor on',
  'two_factor.disable': 'You switched the second factor off',
  'two_factor.recovery_codes': 'You made new recovery codes',
  'two_factor.refuse': 'A wrong code of the second factor was refused',
  'passkey.remove': 'You removed a passkey',
}

/** What happened to the account, as a sentence. An event of a later server is shown by its name. */
export function accountSentence({ action, details }: AccountEvent): string {
  switch (action) {
    case 'session.open':
      return `You signed in${by(details.methods)}`
    case 'session.refuse':
      if (details.reason === 'email') return 'A sign-in was refused: the address was not confirmed'
      return details.method === 'password'
        ? 'A sign-in with a wrong password was refused'
        : `A sign-in${by([details.method])} was refused`
    case 'email.change_request':
      return `You asked for another address${named(details.newEmail)}`
    case 'email.change':
      return `Your address was changed${named(details.to)}${ended(details.sessionsEnded)}`
    case 'email.change_stop':
      return `A change of address was stopped by the letter to the old one${ended(details.sessionsEnded)}`
    case 'session.end':
      return typeof details.sessionsEnded === 'number'
        ? `${plural(details.sessionsEnded, 'session')} ended`
        : 'You ended a session'
    case 'password.change':
      return `The password was changed${ended(details.sessionsEnded)}`
    case 'password.reset':
      return `A new password was set by the link of a letter${ended(details.sessionsEnded)}`
    case 'passkey.add':
      return `You added the passkey${named(details.name)}`
    case 'passkey.rename':
      return `You renamed a passkey${typeof details.name === 'string' ? ` to “${details.name}”` : ''}`
    case 'social.link':
      return `You can sign in${by([details.provider])} from then on`
    default:
      return sentences[action] ?? action.replaceAll(/[._]/g, ' ')
  }
}

/** What somebody may want to look at twice. */
export function isRefusal({ action }: AccountEvent): boolean {
  return action.endsWith('.refuse')
}

function by(given: unknown): string {
  if (!Array.isArray(given)) return ''
  const known = given.flatMap((one: unknown) => (typeof one === 'string' ? [methodNames[one] ?? one] : []))
  return known.length === 0 ? '' : ` with ${known.join(' and ')}`
}

function ended(count: unknown): string {
  return typeof count === 'number' && count > 0 ? `, which ended ${plural(count, 'session')}` : ''
}

function named(name: unknown): string {
  return typeof name === 'string' ? ` “${name}”` : ''
}
