import type { KnowledgeDocument } from '../../app/api-types.ts'

/** Why a document could not be read, with the page where it happened. */
export function failureText({ failure }: KnowledgeDocument): string {
  if (failure === null) return 'It could not be read.'
  return failure.page === null ? failure.message : `Page ${failure.page}: ${failure.message}`
}
