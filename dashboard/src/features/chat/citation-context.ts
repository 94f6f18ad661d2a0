import { createContext, useContext } from 'react'
import type { Citation } from '../../app/api-types.ts'

interface CitationContextValue {
  citations: Citation[]
  /** The passage open in the inspector. */
  openPassageId: string | undefined
  open: (citation: Citation, mark: HTMLElement) => void
}

export const CitationContext = createContext<CitationContextValue>({
  citations: [],
  openPassageId: undefined,
  open: () => undefined,
})

export function useCitations(): CitationContextValue {
  return useContext(CitationContext)
}
