import type { Citation } from '../contract.ts'

/** What a reader is shown of an answer's citations: of a document they may not see, that there was one. */
export function withdrawCitations(
  citations: readonly Citation[],
  visibleDocumentIds: ReadonlySet<string>,
): (Citation & { withdrawn: boolean })[] {
  return citations.map((citation) =>
    visibleDocumentIds.has(citation.documentId)
      ? { ...citation, withdrawn: false }
      : {
          ...citation,
          documentName: '',
          page: null,
          heading: null,
          quote: '',
          startOffset: 0,
          endOffset: 0,
          withdrawn: true,
        },
  )
}
