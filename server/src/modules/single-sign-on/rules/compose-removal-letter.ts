import { composeMail, type MailMessage } from '../../../platform/mail/index.ts'

/** What an owner is told when the organization's people may sign in as everybody else does from now on. */
export function composeRemovalLetter(letter: {
  to: string
  organization: string
  changedBy: string | null
  removed: { issuer: string } | { domain: string }
  publicUrl: string
}): MailMessage {
  const { organization, removed } = letter
  const by = letter.changedBy ?? 'Somebody'
  const isDomain = 'domain' in removed
  return composeMail({
    to: letter.to,
    subject: isDomain
      ? `The domain ${removed.domain} was removed from ${organization}`
      : `The identity provider of ${organization} was disconnected`,
    heading: isDomain ? 'A verified domain was removed' : 'The identity provider was disconnected',
    paragraphs: isDomain
      ? [
          `${by} removed the domain ${removed.domain} from ${organization}.`,
          'People with an address of it cannot use single sign-on any more, and are not kept to it. Another organization can verify the domain now.',
        ]
      : [
          `${by} disconnected the identity provider ${removed.issuer} from ${organization}.`,
          'Nobody can use single sign-on any more, and nobody is kept to it: people sign in by their passwords and other ways.',
        ],
    action: {
      label: 'See what is set up',
      url: `${letter.publicUrl.replace(/\/+$/, '')}/organization/sign-in`,
    },
    footnote: 'Every owner of the organization gets this letter. If you did not expect it, set it up again.',
  })
}
