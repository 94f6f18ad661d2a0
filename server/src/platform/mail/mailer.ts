/** One letter to one person. Both forms say the same; programs that show no HTML show the text. */
export interface MailMessage {
  to: string
  subject: string
  text: string
  html: string
  /** Of a letter that tells somebody what happened to their account: whether its address is known to be theirs. */
  notice?: 'confirmed' | 'unconfirmed'
}

/** Hands letters over for good: to a mail server, to a service, or to the outbox page. */
export interface Mailer {
  readonly kind: 'smtp' | 'resend' | 'outbox'
  /**
   * @param id the same for each try of one letter, so that a service that has it does not send it twice
   * @throws when the letter was not taken; the message names no recipient's secret and no password
   */
  send(message: MailMessage, id: string): Promise<void>
  /** Asks whether letters would be taken, without sending one. @throws when not; what cannot be asked passes */
  check(): Promise<void>
  close(): void
}
