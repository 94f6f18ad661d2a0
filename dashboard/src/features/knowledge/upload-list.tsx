import { RotateCw, X } from 'lucide-react'
import { messageOf } from '../../app/api.ts'
import { formatBytes, plural } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { ProgressBar } from '../../ui/gauge.tsx'
import { removeUpload, retryUpload, type Upload, useUploads } from './uploads.ts'

/** Files on their way to the server. Each row goes when the document's own row has taken over. */
export function UploadList() {
  const uploads = useUploads()
  if (uploads.length === 0) return null
  const failed = uploads.filter((upload) => upload.state === 'failed').length
  const going = uploads.length - failed
  return (
    <section aria-label="Uploads" className="mt-5 border-y border-line-strong">
      <h2 className="flex h-9 items-center text-xs font-medium text-ink-3" aria-live="polite">
        {[
          going > 0 ? `Uploading ${plural(going, 'file')}` : null,
          failed > 0 ? `${failed} not uploaded` : null,
        ]
          .filter(Boolean)
          .join(' · ')}
      </h2>
      <ul>
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
    </section>
  )
}

function UploadRow({ upload }: { upload: Upload }) {
  const { file, state, sentBytes } = upload
  const part = file.size > 0 ? sentBytes / file.size : 0
  const sent = part >= 1
  return (
    <li className="flex min-h-12 items-center gap-4 border-t py-2 max-md:flex-wrap">
      <div className="min-w-0 flex-1">
        <p className="truncate">{file.name}</p>
        {state === 'failed' ? (
          <p role="alert" className="text-sm text-pretty text-red">
            {messageOf(upload.error)}
          </p>
        ) : null}
      </div>
      {state === 'failed' ? (
        <Button size="sm" onClick={() => retryUpload(upload.id)}>
          <RotateCw /> Try again
        </Button>
      ) : (
        <div className="w-52 max-md:order-last max-md:w-full">
          <p className="mb-1.5 flex justify-between text-xs text-ink-2">
            <span>{state === 'waiting' ? 'Waiting' : sent ? 'Checking the file' : 'Uploading'}</span>
            <span className="font-mono">
              {formatBytes(sentBytes)} of {formatBytes(file.size)}
            </span>
          </p>
          <ProgressBar value={sent ? null : part} label={`Uploading ${file.name}`} />
        </div>
      )}
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={state === 'failed' ? `Remove ${file.name}` : `Cancel the upload of ${file.name}`}
        onClick={() => removeUpload(upload.id)}
      >
        <X />
      </Button>
    </li>
  )
}
