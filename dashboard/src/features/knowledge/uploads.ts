import { errorFromResponse } from '@freehold/sdk'
import { useSyncExternalStore } from 'react'
import type { FreeholdError } from '../../app/api.ts'
import { FreeholdError as ApiError } from '../../app/api.ts'
import { refreshDocuments } from './queries.ts'

// States of an upload: waiting → sending → gone (the document's own row takes over) or failed → waiting again by
// retry. At most `parallel` are sending; the order is the order of choosing. The queue outlives the page it was
// filled on; closing the tab while it is busy asks first.

export interface Upload {
  id: number
  file: File
  collectionId: string | undefined
  state: 'waiting' | 'sending' | 'failed'
  sentBytes: number
  error: FreeholdError | null
}

const parallel = 2
let nextId = 1
let uploads: readonly Upload[] = []
const requests = new Map<number, XMLHttpRequest>()
const listeners = new Set<() => void>()

function publish(next: readonly Upload[]): void {
  uploads = next
  for (const listener of listeners) listener()
}

function change(id: number, changes: Partial<Upload>): void {
  publish(uploads.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload)))
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => uploads,
  )
}

export function addUploads(files: readonly File[], collectionId?: string): void {
  const added = files.map(
    (file): Upload => ({ id: nextId++, file, collectionId, state: 'waiting', sentBytes: 0, error: null }),
  )
  publish([...uploads, ...added])
  sendNext()
}

export function retryUpload(id: number): void {
  change(id, { state: 'waiting', sentBytes: 0, error: null })
  sendNext()
}

export function removeUpload(id: number): void {
  requests.get(id)?.abort()
  requests.delete(id)
  publish(uploads.filter((upload) => upload.id !== id))
  sendNext()
}

function sendNext(): void {
  while (requests.size < parallel) {
    const next = uploads.find((upload) => upload.state === 'waiting')
    if (!next) return
    send(next)
  }
}

/** XMLHttpRequest because fetch does not tell how much of a body has been sent. */
function send(upload: Upload): void {
  const request = new XMLHttpRequest()
  requests.set(upload.id, request)
  change(upload.id, { state: 'sending' })
  const form = new FormData()
  if (upload.collectionId) form.set('collectionId', upload.collectionId)
  form.set('file', upload.file)
  request.open('POST', '/api/v1/documents')
  request.upload.onprogress = (event) =>
    change(upload.id, { sentBytes: Math.min(event.loaded, upload.file.size) })
  request.onload = () => void finish(upload.id, request)
  request.onerror = () => {
    requests.delete(upload.id)
    const error = new ApiError({
      status: 0,
      code: 'network_error',
      message: 'The connection broke before the file had arrived.',
    })
    change(upload.id, { state: 'failed', error })
    sendNext()
  }
  request.send(form)
}

async function finish(id: number, request: XMLHttpRequest): Promise<void> {
  requests.delete(id)
  sendNext()
  if (request.status >= 200 && request.status < 300) {
    // The document's own row is there before the upload's row goes.
    await refreshDocuments().catch(() => undefined)
    publish(uploads.filter((upload) => upload.id !== id))
    return
  }
  const response = new Response(request.responseText, {
    status: Math.max(200, request.status),
    headers: { 'x-request-id': request.getResponseHeader('x-request-id') ?? '' },
  })
  change(id, { state: 'failed', error: await errorFromResponse(response) })
}

window.addEventListener('beforeunload', (event) => {
  if (requests.size > 0) event.preventDefault()
})
