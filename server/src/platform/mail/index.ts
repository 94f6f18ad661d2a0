export { composeMail, type Letter } from './compose-mail.ts'
export { admitLetter } from './letter-gate.ts'
export { createMail, type Mail } from './mail.ts'
export type { Mailer, MailMessage } from './mailer.ts'
export {
  createOutboxMailer,
  deleteMailsBefore,
  deleteMailsTo,
  findOutboxMail,
  listOutboxMails,
  type OutboxMail,
} from './outbox-mailer.ts'
export { createResendMailer } from './resend-mailer.ts'
export { createSmtpMailer } from './smtp-mailer.ts'
