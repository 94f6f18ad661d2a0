import { composeMail, type MailMessage } from '../../platform/mail/index.ts'

/** The letters of identity. Links carry their token behind `#`, which no server and no log on the way is sent. */
interface Reader {
  email: string
  name: string
}

export function verificationLetter(to: Reader, publicUrl: string, token: string): MailMessage {
  return composeMail({
    to: to.email,
    subject: 'Confirm your e-mail address',
    heading: 'Confirm your e-mail address',
    paragraphs: [`Hello ${to.name}, this address was given for an account at ${publicUrl}.`],
    action: { label: 'Confirm the address', url: linkTo(publicUrl, 'verify-email', token) },
    footnote: 'The link works once, for three days. If this was not you, ignore this letter.',
  })
}

export function passwordResetLetter(
  to: Reader,
  publicUrl: string,
  token: string,
  more: readonly string[] = [],
): MailMessage {
  return composeMail({
    to: to.email,
    subject: 'Set a new password',
    heading: 'Set a new password',
    paragraphs: [
      `Hello ${to.name}, somebody asked for a new password for your account at ${publicUrl}.`,
      ...more,
    ],
    action: { label: 'Choose a new password', url: linkTo(publicUrl, 'reset-password', token) },
    footnote:
      'The link works once, for one hour. If this was not you, ignore this letter: nothing has changed.',
  })
}

/** Tells somebody that something about their account changed, in case it was not them. */
export function noticeLetter(
  to: Reader & { emailVerified: boolean },
  publicUrl: string,
  what: string,
  from: { ip: string | null },
  more: readonly string[] = [],
): MailMessage {
  const letter = composeMail({
    to: to.email,
    subject: what,
    heading: what,
    paragraphs: [
      `Hello ${to.name}, this happened to your account at ${publicUrl}${from.ip ? `, from the address ${from.ip}` : ''}.`,
      'If it was you, there is nothing to do. If not, set a new password at once: that ends every session.',
      ...more,
    ],
    action: { label: 'Set a new password', url: new URL('/forgot-password', publicUrl).href },
    footnote: 'You get this letter because it concerns the safety of your account.',
  })
  return { ...letter, notice: to.emailVerified ? 'confirmed' : 'unconfirmed' }
}

/** What a new password does not end. */
export function passkeysStay(count: number): string[] {
  if (count === 0) return []
  const there = count === 1 ? 'one passkey' : `${count} passkeys`
  return [
    `Your account has ${there}, and a new password ends none: whoever holds one can still sign in. Sign in and remove what you do not know.`,
  ]
}

export function accountDeletedLetter(to: Reader, publicUrl: string): MailMessage {
  return composeMail({
    to: to.email,
    subject: 'Your account was deleted',
    heading: 'Your account was deleted',
    paragraphs: [
      `Hello ${to.name}, your account at ${publicUrl} was deleted, as you asked with your password.`,
    ],
    footnote: 'This is the last letter to this address.',
  })
}

export function linkTo(publicUrl: string, page: string, token: string): string {
  return new URL(`/${page}#token=${token}`, publicUrl).href
}
