import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { KnowledgeDocument } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { deleteWithUndo } from '../../app/undoable-delete.ts'
import { refreshDocuments } from './queries.ts'

export function originalUrl(document: KnowledgeDocument): string {
  return `/api/v1/documents/${document.id}/file`
}

export function deleteDocument(document: KnowledgeDocument): void {
  deleteWithUndo({
    id: document.id,
    title: `“${document.name}” deleted`,
    description:
      document.passageCount > 0
        ? `With its ${plural(document.passageCount, 'passage')}. Answers that cite it keep their quotes.`
        : 'The file goes with it.',
    run: () =>
      api.DELETE('/api/v1/documents/{id}', { params: { path: { id: document.id } }, keepalive: true }),
    onDeleted: refreshDocuments,
  })
}

export function useRetryDocument() {
  return useMutation({
    mutationFn: (document: KnowledgeDocument) =>
      take(api.POST('/api/v1/documents/{id}/retry', { params: { path: { id: document.id } } })),
    onSuccess: refreshDocuments,
    onError: (error) => toast.error('It could not be started again', { description: messageOf(error) }),
  })
}

/** Asks a document's page whether it has changed, and reads it again if so. */
export function useRefreshDocument() {
  return useMutation({
    mutationFn: (document: KnowledgeDocument) =>
      take(api.POST('/api/v1/documents/{id}/refresh', { params: { path: { id: document.id } } })),
    onSuccess: async (document) => {
      await refreshDocuments()
      toast.success(document.status === 'ready' ? 'The page has not changed' : 'The page is being read again')
    },
    onError: (error) => toast.error('The page could not be read', { description: messageOf(error) }),
  })
}
