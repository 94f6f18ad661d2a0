/** What a parser may spend on one document. */
export interface ParserLimits {
  /** The most pages of a PDF. */
  pageLimit: number
  /** The most characters of text, after reading. */
  characterLimit: number
  /** The most bytes that a DOCX may unpack to, and the most files in it. */
  unpackedLimitBytes: number
  entryLimit: number
  /** After this the parser process is killed. */
  timeoutMs: number
  /** The parser process' JavaScript heap, and (on Linux) all of its memory: PDF streams unpack outside the heap. */
  heapLimitMegabytes: number
  residentLimitMegabytes: number
}

export const DEFAULT_PARSER_LIMITS: ParserLimits = {
  pageLimit: 1_500,
  characterLimit: 5_000_000,
  unpackedLimitBytes: 256 * 1024 * 1024,
  entryLimit: 5_000,
  timeoutMs: 120_000,
  heapLimitMegabytes: 512,
  residentLimitMegabytes: 1_024,
}

/** Told while a document is read: pages for a PDF; other formats are read in one step. */
export interface ParserProgress {
  done: number
  total: number
}

/** What a parser is given beside the bytes. */
export interface ParserContext {
  limits: ParserLimits
  onProgress: (progress: ParserProgress) => void
}
