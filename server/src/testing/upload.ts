import type { Actor, TestApp } from './test-app.ts'

export interface UploadedDocument {
  id: string
  status: string
  passageCount: number
  pageCount: number | null
  mediaType: string
  failure: { code: string; message: string; page: number | null } | null
}

/** Uploads a file as the person would, through the API. */
export async function upload(on: TestApp, actor: Actor, name: string, content: string | Uint8Array) {
  const form = new FormData()
  // A Uint8Array is a blob part; the DOM types ask for one that is not shared memory.
  form.set('file', new Blob([content as Uint8Array<ArrayBuffer> | string]), name)
  const response = await on.request('POST', '/api/v1/documents', { token: actor.token, body: form })
  // The contract of the upload, or of an error.
  const body = (await response.json()) as UploadedDocument & { error?: { code: string; message: string } }
  return { status: response.status, body }
}
