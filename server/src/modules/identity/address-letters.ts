import { composeMail, type MailMessage } from '../../platform/mail/index.ts'
import { linkTo } from './letters.ts'

/** The letters about a change of address: to the new one, to whoever has it already, and to the old one. */

export function addressChangeLetter(
  to: { email: string; name: string },
  publicUrl: string,
  token: string,
): MailMessage {
  return composeMail({
    to: to.email,
    subject: 'Confirm your new e-mail address',
    heading: 'Confirm your new e-mail address',
    paragraphs: [
      `Hello ${to.name}, you want to sign in at ${publicUrl} with this address from now on.`,
      'It counts when you open the link, signed in or with your password. Your other sessions end then.',
    ],
    action: { label: 'Use this address', url: linkTo(publicUrl, 'change-address', token) },
    footnote: 'The link works once, for one day. If this was not you, ignore this letter.',
  })
}

/** Names nobody: who reads this must not learn who asked. */
export function addressTakenLetter(to: { email: string }, publicUrl: string): MailMessage {
  return composeMail({
    to: to.email,
    subject: 'Your address has an account already',
    heading: 'Your address has an account already',
    paragraphs: [
      `Somebody wanted to give this address to another account at ${publicUrl}. It belongs to an account there, so nothing has changed.`,
      'If it was you, sign in with this address, or delete that account first. If not, there is nothing to do.',
    ],
    action: { label: 'Sign in', url: new URL('/signin', publicUrl).href },
    footnote: 'You get this letter because it concerns the safety of your account.',
  })
}

/** @param stopToken undefined where nobody had confirmed the old address */
export function addressChangeNotice(
  to: { email: string; name: string },
  publicUrl: string,
  newEmail: string,
  stopToken: string | undefined,
): MailMessage {
  return composeMail({
    to: to.email,
    subject: 'Your account is to get another e-mail address',
    heading: 'Your account is to get another e-mail address',
    paragraphs: [
      `Hello ${to.name}, somebody who is signed in to your account at ${publicUrl} wants to use ${newEmail} for it.`,
      stopToken === undefined
        ? 'If it was you, open the link in the letter to the new address. If not, set a new password: that calls it off.'
        : 'If it was you, open the link in the letter to the new address. If not, stop it here: that ends every session and your password too, and a letter follows that sets a new one.',
    ],
    action:
      stopToken === undefined
        ? { label: 'Set a new password', url: new URL('/forgot-password', publicUrl).href }
        : { label: 'Stop the change', url: linkTo(publicUrl, 'stop-address-change', stopToken) },
    footnote:
      stopToken === undefined
        ? 'You get this letter because it concerns the safety of your account.'
        : 'The link works for seven days, even when the new address counts already.',
  })
}
