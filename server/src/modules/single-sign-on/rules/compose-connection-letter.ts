import { composeMail, type MailMessage } from '../../../platform/mail/index.ts'

/** What an owner is told when another identity provider may say who the organization's people are. */
export function composeConnectionLetter(letter: {
  to: string
  organization: string
  changedBy: string | null
  issuer: string
  clientId: string
  publicUrl: string
}): MailMessage {
  const { organization, issuer, clientId } = letter
  return composeMail({
    to: letter.to,
    subject: `The identity provider of ${organization} was changed`,
    heading: 'Another identity provider was connected',
    paragraphs: [
      `${letter.changedBy ?? 'Somebody'} connected an identity provider to ${organization}: the issuer ${issuer}, with the client ${clientId}.`,
      'It says who the people of your verified domains are, owners too. If you did not expect this, disconnect it and end your sessions.',
    ],
    action: {
      label: 'See the connection',
      url: `${letter.publicUrl.replace(/\/+$/, '')}/organization/sign-in`,
    },
    footnote: 'Every owner of the organization gets this letter whenever the issuer or the client changes.',
  })
}
