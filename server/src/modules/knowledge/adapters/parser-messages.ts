import type { Block, ParsedDocument } from '../rules/parsed-document.ts'
import type { ParserLimits, ParserProgress } from './parsers/parser-limits.ts'

/** What goes to the parser process: one job, right after it starts. */
export interface ParserJob {
  path: string
  fileName: string
  declaredMediaType: string | null
  isFromWeb: boolean
  limits: ParserLimits
}

/** A block without its text, which is a slice of the document's. */
export type PlacedBlock = Omit<Block, 'text'>

/** What comes back: progress, then either the document in parts and its end, or one error. */
/** What there is to know of a document beside its text and blocks. */
export type ParsedFacts = Omit<ParsedDocument, 'text' | 'blocks'>

export type ParserMessage =
  | { type: 'progress'; progress: ParserProgress }
  | { type: 'text'; part: string }
  | { type: 'blocks'; part: PlacedBlock[] }
  | { type: 'done'; facts: ParsedFacts }
  | {
      type: 'refused'
      code: string
      status: number
      message: string
      details: Record<string, unknown>
      reason: string
    }
  | { type: 'broken'; reason: string }
