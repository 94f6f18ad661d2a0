import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { BookOpen, SearchX, Upload } from 'lucide-react'
import { useCallback } from 'react'
import type { DocumentStatus } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { useHiddenIds } from '../../app/undoable-delete.ts'
import { pickAndUpload } from '../../app/upload-picker.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type TableSort } from '../../ui/data-table.tsx'
import { SearchInput } from '../../ui/input.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { CollectionPicker } from './collection-picker.tsx'
import { CompactDocument, documentColumns } from './document-rows.tsx'
import { DropZone } from './drop-zone.tsx'
import { KnowledgeHeader } from './knowledge-header.tsx'
import { collectionsQuery, documentsQuery } from './queries.ts'
import { UploadList } from './upload-list.tsx'
import { useUploads } from './uploads.ts'

const route = getRouteApi('/app/knowledge')

const statusOptions = [
  { value: 'all', label: 'Any status' },
  { value: 'ready', label: 'Ready' },
  { value: 'queued', label: 'Waiting' },
  { value: 'parsing', label: 'Being read' },
  { value: 'embedding', label: 'Being indexed' },
  { value: 'failed', label: 'Failed' },
] as const satisfies { value: DocumentStatus | 'all'; label: string }[]

export function DocumentsPage() {
  useTitle('Knowledge')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const hidden = useHiddenIds()
  const uploads = useUploads()
  const { data: collections = [] } = useQuery(collectionsQuery)
  const documents = useInfiniteQuery(
    documentsQuery({ q: search.q, status: search.status, collectionId: search.collection }),
  )
  const setQ = useCallback(
    (q: string) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true }),
    [navigate],
  )
  const [q, typeQ] = useUrlText(search.q ?? '', setQ)
  const onSort = useCallback(
    (sort: TableSort | undefined) =>
      void navigate({
        // The table's columns are those the URL knows.
        search: (old) => ({ ...old, sort: sort?.id as typeof old.sort, desc: sort?.desc || undefined }),
        replace: true,
      }),
    [navigate],
  )

  const rows = (documents.data ?? []).filter((document) => !hidden.has(document.id))
  const filtered = search.q !== undefined || search.status !== undefined || search.collection !== undefined
  const nothingYet = documents.isSuccess && rows.length === 0 && !filtered
  const collectionName = collections.find((item) => item.id === search.collection)?.name ?? 'Library'

  return (
    <>
      <Page>
        <KnowledgeHeader collectionId={search.collection} />
        <UploadList />
        {nothingYet ? (
          uploads.length > 0 ? null : (
            <EmptyState
              icon={<BookOpen />}
              title="No documents yet"
              action={
                <Button variant="primary" onClick={() => pickAndUpload()}>
                  <Upload /> Choose files
                </Button>
              }
            >
              Drop files anywhere on this page, or choose them. PDF, Word, PowerPoint, Excel, web pages,
              tables, JSON, e-mail and text are read page by page and become passages that answers can point
              to.
            </EmptyState>
          )
        ) : (
          <>
            <div className="flex flex-wrap items-center gap-2 py-3">
              <SearchInput
                label="Search by name"
                data-page-search
                value={q}
                onChange={typeQ}
                className="w-64 max-md:w-full"
              />
              <CollectionPicker
                value={search.collection}
                onChange={(collection) =>
                  void navigate({ search: (old) => ({ ...old, collection }), replace: true })
                }
              />
              <Select
                label="Status"
                value={search.status ?? 'all'}
                options={statusOptions}
                onChange={(status) =>
                  void navigate({
                    search: (old) => ({ ...old, status: status === 'all' ? undefined : status }),
                    replace: true,
                  })
                }
              />
            </div>
            {documents.isPending ? <SkeletonRows rows={8} className="border-t border-line-strong" /> : null}
            {documents.isError ? (
              <ErrorState
                error={documents.error}
                title="The documents could not be loaded"
                onRetry={() => void documents.refetch()}
                className="mt-4"
              />
            ) : null}
            {documents.isSuccess && rows.length > 0 ? (
              <DataTable
                label="Documents"
                columns={documentColumns}
                rows={rows}
                rowKey={(document) => document.id}
                compact={(document) => <CompactDocument document={document} />}
                sort={search.sort ? { id: search.sort, desc: search.desc === true } : undefined}
                onSort={onSort}
                onLoadMore={documents.hasNextPage ? () => void documents.fetchNextPage() : undefined}
                loadingMore={documents.isFetchingNextPage}
              />
            ) : null}
            {documents.isSuccess && rows.length === 0 && filtered ? (
              <EmptyState
                icon={<SearchX />}
                title="No document matches"
                action={
                  <Button
                    onClick={() => {
                      typeQ('')
                      void navigate({ search: {}, replace: true })
                    }}
                  >
                    Show all documents
                  </Button>
                }
              >
                Nothing has this name, status and collection. To find words inside documents, use Search.
              </EmptyState>
            ) : null}
          </>
        )}
      </Page>
      <DropZone collectionId={search.collection} into={collectionName} />
    </>
  )
}
