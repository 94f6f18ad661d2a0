import { Upload } from 'lucide-react'
import { useCan } from '../../app/session.ts'
import { pickAndUpload } from '../../app/upload-picker.ts'
import { Button } from '../../ui/button.tsx'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function KnowledgeHeader({ collectionId }: { collectionId?: string | undefined }) {
  const canWrite = useCan('write:documents')
  return (
    <PageHeader
      title="Knowledge"
      description="What your organization knows: the documents answers are drawn from."
      actions={
        canWrite ? (
          <Button variant="primary" onClick={() => pickAndUpload(undefined, collectionId)}>
            <Upload /> Upload
          </Button>
        ) : null
      }
      tabs={
        <>
          <PageTab to="/knowledge">Documents</PageTab>
          <PageTab to="/knowledge/search">Search</PageTab>
          <PageTab to="/knowledge/quality">Quality</PageTab>
        </>
      }
    />
  )
}
