import type { WantedFormat } from './answer-format.ts'
import type { Json, JsonText } from './json-texts.ts'

export type Author = 'system' | 'user' | 'assistant' | 'tool'

export interface RequestText {
  readonly author: Author
  readonly text: string
}

/** A request, as far as guards know it. */
export type GuardedBody = Readonly<Json>

/** A whole answer, or a piece of a stream. */
export interface AnswerPiece {
  readonly texts: readonly JsonText[]
  readonly callsTools: boolean
  /** Whether nothing is added to a text after this piece. */
  ends(path: string): boolean
}

/** How requests and answers are written, as far as guards must know it. */
export interface Protocol {
  /** Every text of the messages, in their order. */
  requestTexts(body: GuardedBody): RequestText[]
  /** The request with each of these texts replaced; what stays what it is stays the same object. */
  mapRequestTexts<Body extends GuardedBody>(body: Body, replace: (text: string) => string): Body
  countMessages(body: GuardedBody): number
  wantedFormat(body: GuardedBody): WantedFormat | undefined
  /** Reads one whole answer, or the pieces of one stream in their order. */
  createReader(): (piece: Json) => AnswerPiece
  /** What a whole answer says: its text, or each of them where it has several. */
  contents(answer: Json): readonly { readonly text: string; readonly callsTools: boolean }[]
  /** Takes out of an answer or a piece what does not agree with its texts after they were changed. @returns the text a piece now adds */
  afterChange(piece: Json): string
}
