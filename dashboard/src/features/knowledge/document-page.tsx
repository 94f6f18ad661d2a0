import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronRight, Download, MessageSquareText, RotateCw, Trash2 } from 'lucide-react'
import { FreeholdError } from '../../app/api.ts'
import type { KnowledgeDocument } from '../../app/api-types.ts'
import { formatBytes, plural } from '../../app/format.ts'
import { NotFound } from '../../app/route-states.tsx'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'
import { deleteDocument, originalUrl, useRefreshDocument, useRetryDocument } from './document-actions.ts'
import { DocumentState } from './document-status.tsx'
import { DocumentWarnings, languageName } from './document-warnings.tsx'
import { failureText } from './failure.ts'
import { kindOf } from './file-icon.tsx'
import { PassageList } from './passage-list.tsx'
import { documentQuery, isInProgress } from './queries.ts'

const route = getRouteApi('/app/knowledge/$documentId')

export function DocumentPage() {
  const { documentId } = route.useParams()
  const { passage } = route.useSearch()
  const query = useQuery(documentQuery(documentId))
  const { data: document } = query
  useTitle(document?.name ?? 'Document')

  if (query.error instanceof FreeholdError && query.error.status === 404) return <NotFound />
  return (
    <Page>
      <header className="border-b pt-7 pb-4 max-md:pt-5">
        <nav aria-label="Path" className="flex items-center gap-1 text-sm text-ink-3">
          <Link to="/knowledge" className="rounded-sm hover:text-ink">
            Knowledge
          </Link>
          <ChevronRight className="size-3.5" aria-hidden />
        </nav>
        {document ? <DocumentHeader document={document} /> : <Skeleton className="mt-1 h-7 w-1/2" />}
      </header>
      {query.isPending ? <SkeletonRows className="mt-4" /> : null}
      {query.isError ? (
        <ErrorState
          error={query.error}
          title="The document could not be loaded"
          onRetry={() => void query.refetch()}
          className="mt-6"
        />
      ) : null}
      {document ? <DocumentBody document={document} passageId={passage} /> : null}
    </Page>
  )
}

function DocumentHeader({ document }: { document: KnowledgeDocument }) {
  const canWrite = useCan('write:documents')
  const navigate = useNavigate()
  const refresh = useRefreshDocument()
  return (
    <>
      <div className="mt-1 flex flex-wrap items-start justify-between gap-3">
        <h1 className="min-w-0 text-lg font-semibold tracking-[-0.015em] break-words">{document.name}</h1>
        <div className="flex items-center gap-2">
          {document.status === 'ready' ? (
            <Button asChild>
              <Link
                to="/chat/{-$conversationId}"
                params={{ conversationId: undefined }}
                search={{ ask: `What does “${document.name}” say about ` }}
              >
                <MessageSquareText /> Ask
              </Link>
            </Button>
          ) : null}
          <Tooltip label="Download the original">
            <Button asChild size="icon">
              <a href={originalUrl(document)} download={document.name} aria-label="Download the original">
                <Download />
              </a>
            </Button>
          </Tooltip>
          {canWrite && document.source && !isInProgress(document) ? (
            <Tooltip label="Read the page again">
              <Button
                size="icon"
                aria-label="Read the page again"
                busy={refresh.isPending}
                onClick={() => refresh.mutate(document)}
              >
                <RotateCw />
              </Button>
            </Tooltip>
          ) : null}
          {canWrite ? (
            <Tooltip label="Delete">
              <Button
                size="icon"
                aria-label={`Delete ${document.name}`}
                onClick={() => {
                  deleteDocument(document)
                  void navigate({ to: '/knowledge' })
                }}
              >
                <Trash2 />
              </Button>
            </Tooltip>
          ) : null}
        </div>
      </div>
      <dl className="mt-2 flex flex-wrap items-center gap-x-5 gap-y-1 text-sm text-ink-2 [&>div]:flex [&>div]:items-center [&>div]:gap-1.5">
        <div>
          <dt className="sr-only">Status</dt>
          <dd>
            <DocumentState document={document} />
          </dd>
        </div>
        <div>
          <dt className="sr-only">Kind and size</dt>
          <dd>
            {kindOf(document.mediaType)}, {formatBytes(document.sizeBytes)}
          </dd>
        </div>
        <div>
          <dt className="sr-only">Extent</dt>
          <dd>
            {document.pageCount === null ? '' : `${plural(document.pageCount, 'page')}, `}
            {plural(document.passageCount, 'passage')}
          </dd>
        </div>
        {document.language ? (
          <div>
            <dt className="sr-only">Language</dt>
            <dd>{languageName(document.language)}</dd>
          </div>
        ) : null}
        {document.source ? (
          <div className="min-w-0">
            <dt>From</dt>
            <dd className="max-w-72 truncate">
              <a
                href={document.source.url}
                target="_blank"
                rel="noopener noreferrer nofollow"
                className="link"
              >
                {new URL(document.source.url).hostname}
              </a>
            </dd>
          </div>
        ) : null}
        <div>
          <dt>Added</dt>
          <dd>
            <Time value={document.createdAt} />
          </dd>
        </div>
        <div>
          <dt className="sr-only">Id</dt>
          <dd>
            <CopyId value={document.id} short />
          </dd>
        </div>
      </dl>
    </>
  )
}

function DocumentBody({
  document,
  passageId,
}: {
  document: KnowledgeDocument
  passageId: string | undefined
}) {
  const retry = useRetryDocument()
  const canWrite = useCan('write:documents')
  if (document.status === 'failed') {
    return (
      <div role="alert" className="mt-6 border-l-2 border-red py-1 pl-4">
        <p className="font-medium">This document could not be read</p>
        <p className="mt-0.5 max-w-[62ch] text-sm text-pretty text-ink-2">{failureText(document)}</p>
        {canWrite ? (
          <Button size="sm" className="mt-3" busy={retry.isPending} onClick={() => retry.mutate(document)}>
            <RotateCw /> Read it again
          </Button>
        ) : null}
      </div>
    )
  }
  if (isInProgress(document) && document.passageCount === 0) {
    return (
      <p className="mt-6 text-sm text-ink-2" role="status">
        The document is being read. Its passages appear here as soon as they can be searched.
      </p>
    )
  }
  return (
    <>
      <DocumentWarnings document={document} />
      <PassageList document={document} passageId={passageId} />
    </>
  )
}
