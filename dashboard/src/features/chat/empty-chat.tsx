import { useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CornerDownLeft, Upload } from 'lucide-react'
import { api, take } from '../../app/api.ts'
import type { KnowledgeDocument, Passage } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { pickAndUpload } from '../../app/upload-picker.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { documentsQuery, isInProgress } from '../knowledge/queries.ts'

const documentsAsked = 3

/** Before the first question: what can be asked here, made from the documents there are. */
export function EmptyChat({ onAsk }: { onAsk: (question: string) => void }) {
  const canUpload = useCan('write:documents')
  const documents = useInfiniteQuery(documentsQuery())
  const ready = (documents.data ?? [])
    .filter((document) => document.status === 'ready')
    .slice(0, documentsAsked)
  const reading = (documents.data ?? []).filter(isInProgress)
  const firstPassages = useQueries({
    queries: ready.map((document) => ({
      queryKey: ['suggestions', document.id],
      queryFn: () => firstPassagesOf(document),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  })
  const perDocument = ready.map((document, index) => suggest(document, firstPassages[index]?.data ?? []))
  // The first of each document before the second of any.
  const suggestions = [0, 1].flatMap((round) =>
    perDocument.flatMap((questions) => questions.slice(round, round + 1)),
  )
  const loading = documents.isPending || firstPassages.some((query) => query.isPending)

  return (
    <div className="mx-auto flex min-h-full max-w-180 flex-col justify-end px-4 pt-16 pb-8 md:px-6">
      <h2 className="text-xl font-semibold tracking-[-0.022em]">
        {ready.length > 0 || loading ? 'What do you want to know?' : 'Nothing to ask yet'}
      </h2>
      {loading ? (
        <div className="mt-6 border-t" role="status" aria-label="Loading suggestions">
          {['w-3/5', 'w-1/2', 'w-2/3'].map((width) => (
            <div key={width} className="flex h-12 items-center border-b">
              <Skeleton className={width} />
            </div>
          ))}
        </div>
      ) : ready.length > 0 ? (
        <>
          <p className="mt-1 text-ink-2">
            Answers are drawn from your documents and point to the passage they stand on.
          </p>
          <ul aria-label="Questions to begin with" className="mt-6 border-t">
            {suggestions.slice(0, 4).map((suggestion) => (
              <li key={suggestion} className="border-b">
                <button
                  type="button"
                  onClick={() => onAsk(suggestion)}
                  className="group flex min-h-12 w-full items-center gap-3 py-2 text-left text-ink-2 transition-colors hover:text-ink"
                >
                  <span className="min-w-0 flex-1">{suggestion}</span>
                  <CornerDownLeft
                    className="size-4 shrink-0 text-ink-3 opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100"
                    aria-hidden
                  />
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : reading.length > 0 ? (
        <p className="mt-1 max-w-[56ch] text-pretty text-ink-2" role="status">
          {reading[0]?.name} is being read. You can ask as soon as it is ready; see{' '}
          <Link to="/knowledge" className="text-accent-ink underline underline-offset-3">
            how far it is
          </Link>
          .
        </p>
      ) : (
        <>
          <p className="mt-1 max-w-[56ch] text-pretty text-ink-2">
            Answers are drawn from your organization's documents, and there are none yet. Upload one: PDF,
            Word, HTML, Markdown or text.
          </p>
          {canUpload ? (
            <div className="mt-5">
              <Button variant="primary" onClick={() => pickAndUpload()}>
                <Upload /> Upload documents
              </Button>
            </div>
          ) : null}
        </>
      )}
    </div>
  )
}

async function firstPassagesOf(document: KnowledgeDocument): Promise<Passage[]> {
  const page = await take(
    api.GET('/api/v1/documents/{id}/passages', {
      params: { path: { id: document.id }, query: { limit: 20 } },
    }),
  )
  return page.data
}

/** Questions on what a document's own headings promise; without headings, on the document. */
function suggest(document: KnowledgeDocument, passages: Passage[]): string[] {
  const name = document.name.replace(/\.[a-z0-9]{2,5}$/i, '')
  const headings = new Set(
    passages
      .map((passage) => passage.heading?.replace(/^[\d.\s]+/, '').trim() ?? '')
      .filter((heading) => heading.length > 3 && heading.length < 60 && heading !== name),
  )
  const about = [...headings].slice(0, 2).map((heading) => `What does ${name} say about “${heading}”?`)
  return about.length > 0 ? about : [`What is ${name} about?`]
}
