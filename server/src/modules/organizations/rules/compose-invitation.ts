import { composeMail, type MailMessage } from '../../../platform/mail/index.ts'

/** The letter with which somebody is invited. The token stands in the fragment, which no server and no log is sent. */
export function composeInvitation(letter: {
  to: string
  organization: string
  invitedBy: string | null
  role: string
  publicUrl: string
  token: string
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
    action: {
      label: 'See the invitation',
      url: `${letter.publicUrl.replace(/\/+$/, '')}/invitation#token=${letter.token}`,
    },
    footnote: `The link works once, until ${letter.expiresAt.toUTCString()}. If you did not expect it, do nothing: nobody joins without opening it.`,
  })
}
