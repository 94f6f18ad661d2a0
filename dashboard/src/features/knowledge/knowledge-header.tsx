import { Globe, Upload } from 'lucide-react'
import { useState } from 'react'
import { useCan } from '../../app/session.ts'
import { pickAndUpload } from '../../app/upload-picker.ts'
import { Button } from '../../ui/button.tsx'
import { PageHeader, PageTab } from '../../ui/page.tsx'
import { AddPageDialog } from './add-page-dialog.tsx'

export function KnowledgeHeader({ collectionId }: { collectionId?: string | undefined }) {
  const canWrite = useCan('write:documents')
  const [adding, setAdding] = useState(false)
  return (
    <PageHeader
      title="Knowledge"
      description="What your organization knows: the documents answers are drawn from."
      actions={
        canWrite ? (
          <>
            <Button onClick={() => setAdding(true)}>
              <Globe /> From the web
            </Button>
            <Button variant="primary" onClick={() => pickAndUpload(undefined, collectionId)}>
              <Upload /> Upload
            </Button>
            {adding ? <AddPageDialog collectionId={collectionId} onClose={() => setAdding(false)} /> : null}
          </>
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
