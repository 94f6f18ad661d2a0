import { createHash } from 'node:crypto'
import { storageUnavailable } from './errors.ts'
import {
  defaultMediaType,
  type FileData,
  type FileStorage,
  isKey,
  piecesOf,
  requireKey,
  requireMediaType,
  requirePrefix,
  type StoredFile,
} from './file-storage.ts'
import { createS3Client, errorCodeOf, type S3Client, S3Refusal, type S3Settings } from './s3-client.ts'

/**
 * Files in an S3-compatible bucket. A file up to `partBytes` is sent in one request from memory; a larger one in parts
 * of that size (multipart upload), one after the other, so a put never holds more than about one part, and the largest
 * file is 10,000 parts. Until the last request succeeds readers see the old file; a failed upload is aborted, and one
 * whose process died stays invisible until the bucket's lifecycle rule for unfinished uploads removes it.
 */
export interface S3StorageOptions extends S3Settings {
  /** 5 MiB or more, by S3's rules. Default 8 MiB: files to 78 GiB. */
  partBytes?: number
}

const mostDeletesAtOnce = 1_000

export function createS3Storage({ partBytes = 8 * 1024 * 1024, ...settings }: S3StorageOptions): FileStorage {
  const client = createS3Client(settings)
  return {
    async put(key, data, { mediaType = defaultMediaType } = {}) {
      requireKey(key)
      requireMediaType(mediaType)
      const headers = { 'content-type': mediaType }
      const hash = createHash('sha256')
      let sizeBytes = 0
      let upload: Multipart | undefined
      try {
        for await (const { bytes, last } of blocksOf(data, partBytes)) {
          hash.update(bytes)
          sizeBytes += bytes.length
          if (last && !upload) await drop(client.request({ method: 'PUT', key, headers, body: bytes }))
          else {
            upload ??= await startMultipart(client, key, headers)
            await upload.add(bytes)
          }
        }
        await upload?.complete()
      } catch (error) {
        // The error that ended the upload is the one to hear of; an abort that fails too leaves invisible parts.
        await upload?.abort().catch(() => {})
        throw error
      }
      return { sizeBytes, sha256: hash.digest('hex') }
    },

    async get(key) {
      requireKey(key)
      const answer = await client.request({ method: 'GET', key }, [404])
      if (answer.status === 404) {
        const code = errorCodeOf(await answer.body.text())
        if (code === 'NoSuchKey' || code === undefined) return undefined
        throw new S3Refusal({ method: 'GET', key }, 404, code).public()
      }
      return {
        stream: streamOf(answer.body),
        sizeBytes: Number(answer.headers['content-length']),
        mediaType: String(answer.headers['content-type'] ?? defaultMediaType),
      }
    },

    async delete(key) {
      requireKey(key)
      await drop(client.request({ method: 'DELETE', key }, [404]))
    },

    async deletePrefix(prefix) {
      requirePrefix(prefix)
      let count = 0
      let batch: string[] = []
      for await (const { key } of list(client, prefix)) {
        batch.push(key)
        if (batch.length < mostDeletesAtOnce) continue
        await deleteAll(client, batch)
        count += batch.length
        batch = []
      }
      if (batch.length > 0) await deleteAll(client, batch)
      return count + batch.length
    },

    list(prefix) {
      requirePrefix(prefix)
      return list(client, prefix)
    },

    close: () => client.close(),
  }
}

interface Multipart {
  add(bytes: Uint8Array): Promise<void>
  complete(): Promise<void>
  abort(): Promise<void>
}

async function startMultipart(
  client: S3Client,
  key: string,
  headers: Record<string, string>,
): Promise<Multipart> {
  const started = await client.request({ method: 'POST', key, query: { uploads: '' }, headers })
  const uploadId = textIn(await started.body.text(), 'UploadId')
  if (uploadId === undefined)
    throw storageUnavailable({ cause: new Error('S3 began an upload without an id.') })
  const parts: string[] = []
  return {
    async add(body) {
      const query = { partNumber: String(parts.length + 1), uploadId }
      const { headers: answered } = await drop(client.request({ method: 'PUT', key, query, body }))
      parts.push(`<Part><PartNumber>${parts.length + 1}</PartNumber><ETag>${answered.etag}</ETag></Part>`)
    },
    async complete() {
      const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
      const answer = await client.request({ method: 'POST', key, query: { uploadId }, body })
      // S3 answers 200 before it knows, and puts a failure into the body.
      const code = errorCodeOf(await answer.body.text())
      if (code !== undefined) throw new S3Refusal({ method: 'POST', key }, answer.status, code).public()
    },
    async abort() {
      await drop(client.request({ method: 'DELETE', key, query: { uploadId } }, [404]))
    },
  }
}

async function* list(client: S3Client, prefix: string): AsyncIterable<StoredFile> {
  let token: string | undefined
  do {
    const query = { 'list-type': '2', prefix, ...(token !== undefined && { 'continuation-token': token }) }
    const answer = await client.request({ method: 'GET', query })
    const xml = await answer.body.text()
    for (const [, entry = ''] of xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
      const key = textIn(entry, 'Key')
      // What others put into the bucket under names we cannot have made is not ours to list or delete.
      if (key !== undefined && isKey(key)) yield { key, sizeBytes: Number(textIn(entry, 'Size')) }
    }
    token = textIn(xml, 'IsTruncated') === 'true' ? textIn(xml, 'NextContinuationToken') : undefined
  } while (token !== undefined)
}

async function deleteAll(client: S3Client, keys: readonly string[]): Promise<void> {
  // Keys hold no character that XML would need escaped.
  const objects = keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')
  const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects}</Delete>`)
  const headers = {
    'content-type': 'application/xml',
    'content-md5': createHash('md5').update(body).digest('base64'),
  }
  const answer = await client.request({ method: 'POST', query: { delete: '' }, headers, body })
  const code = errorCodeOf(await answer.body.text())
  if (code !== undefined) throw new S3Refusal({ method: 'POST' }, answer.status, code).public()
}

function textIn(xml: string, element: string): string | undefined {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1]
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text?.replace(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => entities[name] ?? whole)
}

/** Cuts data into blocks of one size; the last may be shorter, and is empty only when there is no data at all. */
async function* blocksOf(data: FileData, size: number): AsyncIterable<{ bytes: Uint8Array; last: boolean }> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (let piece of piecesOf(data)) {
    // A full block waits for one more byte: only then is it known not to be the last.
    while (heldBytes + piece.length > size) {
      const room = size - heldBytes
      yield { bytes: Buffer.concat([...held, piece.subarray(0, room)]), last: false }
      piece = piece.subarray(room)
      held = []
      heldBytes = 0
    }
    if (piece.length > 0) held.push(piece)
    heldBytes += piece.length
  }
  yield { bytes: Buffer.concat(held), last: true }
}

async function drop<Answer extends { body: { dump(): Promise<void> } }>(
  request: Promise<Answer>,
): Promise<Answer> {
  const answer = await request
  await answer.body.dump()
  return answer
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = body[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(new Uint8Array(value))
      } catch (error) {
        controller.error(storageUnavailable({ cause: error }))
      }
    },
    async cancel() {
      await pieces.return?.()
    },
  })
}
