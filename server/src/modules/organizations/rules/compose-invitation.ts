import { composeMail, type MailMessage } from '../../../platform/mail/index.ts'

/** Where an invitation is opened. The token stands in the fragment, which no server and no log is sent. */
export function invitationLink(publicUrl: string, token: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/invitation#token=${token}`
}

/** The letter with which somebody is invited. */
export function composeInvitation(letter: {
  to: string
  organization: string
  invitedBy: string | null
  role: string
  link: string
  expiresAt: Date
}): MailMessage {
  const { organization, invitedBy, role } = letter
  const who = invitedBy ? `${invitedBy} invites you` : 'You are invited'
  return composeMail({
    to: letter.to,
    subject: `${who} to ${organization}`,
    heading: `Join ${organization}`,
    paragraphs: [
      `${who} to join ${organization} as ${role}.`,
      `Sign in or sign up with this address, ${letter.to}, to accept.`,
    ],
    action: { label: 'See the invitation', url: letter.link },
    footnote: `The link works once, until ${letter.expiresAt.toUTCString()}. If you did not expect it, do nothing: nobody joins without opening it.`,
  })
}
