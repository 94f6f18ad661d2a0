import { defineError } from '../../platform/errors.ts'

/** What the pages and the API list as accepted; the parsers are in adapters/parsers. */
export const SUPPORTED_TYPES =
  'PDF, Word (DOCX), PowerPoint (PPTX), Excel (XLSX), HTML, Markdown, CSV, JSON, e-mail (EML) and plain text'

export const documentEmpty = defineError(
  'knowledge.document_empty',
  422,
  'This file is empty. Check that it was saved and copied completely, then upload it again.',
)
export const documentTypeUnsupported = defineError(
  'knowledge.document_type_unsupported',
  415,
  `This kind of file cannot be read. Supported are ${SUPPORTED_TYPES}.`,
)
export const documentTypeMismatch = defineError(
  'knowledge.document_type_mismatch',
  422,
  'The name of this file says one type and its content is another. Upload the document itself.',
)
export const documentEncrypted = defineError(
  'knowledge.document_encrypted',
  422,
  'This PDF is protected by a password. Remove the password and upload it again.',
)
export const documentCorrupted = defineError(
  'knowledge.document_corrupted',
  422,
  'This file is damaged and cannot be read. Open it in the program it comes from, save it anew and upload that.',
)
export const documentTooManyPages = defineError(
  'knowledge.document_too_many_pages',
  422,
  'This document has too many pages. Split it and upload the parts.',
)
export const documentTooLong = defineError(
  'knowledge.document_too_long',
  422,
  'This document holds too much text. Split it and upload the parts.',
)
export const documentWithoutText = defineError(
  'knowledge.document_without_text',
  422,
  'No text was found in this document.',
)
export const documentNotUnicode = defineError(
  'knowledge.document_not_unicode',
  422,
  'This text file is not valid UTF-8. Save it with the encoding UTF-8 and upload it again.',
)
export const archiveTooLarge = defineError(
  'knowledge.archive_too_large',
  422,
  'This file unpacks to far more than a document of its kind holds, so it was not opened.',
)
export const archiveNested = defineError(
  'knowledge.archive_nested',
  422,
  'This file holds another archive inside. Unpack it and upload the documents one by one.',
)
export const parseTimedOut = defineError(
  'knowledge.parse_timed_out',
  422,
  'Reading this document took too long and was given up. Split it or save it in a simpler form, then try again.',
)
export const parserOutOfMemory = defineError(
  'knowledge.parser_out_of_memory',
  422,
  'Reading this document needs more memory than is allowed. Split it or save it in a simpler form, then try again.',
)
export const parserCrashed = defineError(
  'knowledge.parser_crashed',
  422,
  'The reader broke down on this document. Save it anew from the program it comes from, or upload it as another type.',
)
export const embedderFailed = defineError(
  'knowledge.embedder_failed',
  503,
  'The local embedding model broke down while it read this text. It starts again by itself: try once more.',
)
export const embedderClosed = defineError(
  'knowledge.embedder_closed',
  503,
  'The server is stopping and embeds no more texts. Try again shortly.',
)

export const documentNotFound = defineError('knowledge.document_not_found', 404, 'No such document.')
export const passageNotFound = defineError('knowledge.passage_not_found', 404, 'No such passage.')
export const collectionNotFound = defineError('knowledge.collection_not_found', 404, 'No such collection.')
export const collectionNameTaken = defineError(
  'knowledge.collection_name_taken',
  409,
  'The organization has a collection of this name.',
)
export const uploadWithoutFile = defineError(
  'knowledge.upload_without_file',
  400,
  'No file came. Send multipart/form-data with the document in the field "file".',
)
export const documentBusy = defineError(
  'knowledge.document_busy',
  409,
  'This document is being read right now. Wait until it is ready or has failed.',
)
export const fileGone = defineError(
  'knowledge.file_gone',
  422,
  'The uploaded file is not in the storage any more. Delete the document and upload it again.',
)
export const ingestFailed = defineError(
  'knowledge.ingest_failed',
  500,
  'Reading this document failed on our side, several times. Try again; the log says what happened.',
)
export const ingestInterrupted = defineError(
  'knowledge.ingest_interrupted',
  422,
  'The server stopped three times while it read this document. Try again, or split the document.',
)
export const urlDisallowed = defineError(
  'knowledge.url_disallowed',
  422,
  'The robots.txt of this site asks programs not to read this page, so it was not read. Save the page and upload it, if you may.',
)
export const urlUnavailable = defineError(
  'knowledge.url_unavailable',
  422,
  'This page cannot be read: its server answered with an error. Check that the address opens without signing in.',
)
export const documentNotFromUrl = defineError(
  'knowledge.document_not_from_url',
  422,
  'This document was uploaded, not read from the web. Upload its new version in its place.',
)
export const collectionLocksYouOut = defineError(
  'knowledge.collection_locks_you_out',
  422,
  'With these readers you could not see the collection any more yourself. Add your role or yourself.',
)
export const collectionOverlapTooLarge = defineError(
  'knowledge.collection_overlap_too_large',
  422,
  'The overlap may be half the size of a passage at most.',
)
export const collectionReaderUnknown = defineError(
  'knowledge.collection_reader_unknown',
  422,
  'One of these readers is no member or no role of the organization. Load the page anew and choose again.',
)
export const defaultCollectionOpen = defineError(
  'knowledge.default_collection_open',
  422,
  'The default collection is open to the whole organization, since documents without a collection go there. Make another one for what only some may read.',
)
export const goldQuestionNotFound = defineError(
  'knowledge.gold_question_not_found',
  404,
  'No such gold question.',
)
export const evaluationNotFound = defineError('knowledge.evaluation_not_found', 404, 'No such evaluation.')
export const goldPassageElsewhere = defineError(
  'knowledge.gold_passage_elsewhere',
  422,
  'This passage belongs to a document of another collection. Add the question to that collection.',
)
export const goldQuoteNotFound = defineError(
  'knowledge.gold_quote_not_found',
  422,
  'The quote does not stand in the passage. Quote its words as they are.',
)
export const tooManyGoldQuestions = defineError(
  'knowledge.too_many_gold_questions',
  409,
  'The collection has five hundred gold questions, and takes no more. Delete some first.',
)
export const noGoldQuestions = defineError(
  'knowledge.no_gold_questions',
  409,
  'The collection has no gold questions to evaluate. Add some first, from the results of a search.',
)
