import { TriangleAlert } from 'lucide-react'
import type { KnowledgeDocument } from '../../app/api-types.ts'

/** What of a document could not be read, though the rest was. */
export function DocumentWarnings({ document }: { document: KnowledgeDocument }) {
  if (document.warnings.length === 0) return null
  return (
    <ul aria-label="Not read" className="mt-5 flex flex-col gap-2">
      {document.warnings.map((warning) => (
        <li key={warning.message} className="flex gap-2.5 border-l-2 border-amber py-0.5 pl-3 text-sm">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-amber" aria-hidden />
          <span className="max-w-[68ch] min-w-0 text-pretty break-words text-ink-2">{warning.message}</span>
        </li>
      ))}
    </ul>
  )
}

const names = new Intl.DisplayNames(['en'], { type: 'language' })

export function languageName(code: string): string {
  try {
    return names.of(code) ?? code
  } catch {
    return code
  }
}
