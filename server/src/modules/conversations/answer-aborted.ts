/** Why an answer was aborted. */
export class AnswerAborted extends Error {
  readonly why: 'stopped' | 'interrupted'
  constructor(why: 'stopped' | 'interrupted') {
    super(why)
    this.why = why
  }
}
