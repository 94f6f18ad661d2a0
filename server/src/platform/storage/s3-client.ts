import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import { Agent, type Dispatcher, request as send } from 'undici'
import { storageFull, storageUnavailable } from './errors.ts'

export interface S3Settings {
  /** Base URL of the service; buckets are addressed by path (`<endpoint>/<bucket>/<key>`), which all services accept. */
  endpoint: string
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  /** Per attempt: to the end of the upload, or to the first bytes of the answer. Default 60,000. */
  timeoutMs?: number
  /** Attempts for each request, all told. Default 4. */
  attempts?: number
  /** Wait before the second attempt; doubles with each. Default 200. */
  retryDelayMs?: number
}

export interface S3Request {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  key?: string
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array
}

export interface S3Answer {
  status: number
  headers: Dispatcher.ResponseData['headers']
  body: Dispatcher.ResponseData['body']
}

/** One request to S3, signed (SigV4, payload hash included) and tried again where that can help. */
export interface S3Client {
  /** Returns an answer of status 2xx, or of a status in `accept`. Bodies of others are read for their error code. */
  request(request: S3Request, accept?: readonly number[]): Promise<S3Answer>
  close(): Promise<void>
}

const retried = new Set([408, 425, 429, 500, 502, 503, 504])
const noPayload = new Uint8Array()

export function createS3Client(settings: S3Settings): S3Client {
  const { endpoint, bucket, timeoutMs = 60_000, attempts = 4, retryDelayMs = 200 } = settings
  // The endpoint is the operator's setting, not a stranger's URL: it may well be inside the network.
  const agent = new Agent({ connections: 64, headersTimeout: timeoutMs, bodyTimeout: timeoutMs })
  const base = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}`
  let closing: Promise<void> | undefined

  async function attempt({ method, key, query, headers, body = noPayload }: S3Request): Promise<S3Answer> {
    const path = key === undefined ? '' : `/${key.split('/').map(encodeURIComponent).join('/')}`
    const url = new URL(`${base}${path}`)
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
    const signed = await new AwsV4Signer({
      service: 's3',
      region: settings.region,
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      method,
      url: url.href,
      // The service compares this with what arrives: a byte that changed on the way is refused, not stored.
      headers: { ...headers, 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') },
    }).sign()
    // The limit ends with the answer's first bytes: a large file may take its time, and the agent watches for silence.
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
    const answer = await send(signed.url, {
      method,
      headers: Object.fromEntries(signed.headers),
      ...(body.length > 0 || method === 'PUT' ? { body } : {}),
      dispatcher: agent,
      signal: controller.signal,
    }).finally(() => clearTimeout(timer))
    return { status: answer.statusCode, headers: answer.headers, body: answer.body }
  }

  return {
    async request(request, accept = []) {
      for (let tried = 1; ; tried++) {
        const last = tried >= attempts
        try {
          const answer = await attempt(request)
          if ((answer.status >= 200 && answer.status < 300) || accept.includes(answer.status)) return answer
          if (last || !retried.has(answer.status)) throw await refusal(request, answer)
          await answer.body.dump()
        } catch (error) {
          if (error instanceof S3Refusal) throw error.public()
          if (last) throw storageUnavailable({ cause: error })
        }
        // Half of it random, so that nodes which failed together do not return together.
        await sleep(retryDelayMs * 2 ** (tried - 1) * (0.5 + Math.random() / 2))
      }
    },
    close() {
      closing ??= agent.close()
      return closing
    },
  }
}

/** What the service said, for the log; it names the operation and S3's own code, never a signature or key. */
export class S3Refusal extends Error {
  readonly code: string
  constructor(request: S3Request, status: number, code: string) {
    super(`S3 answered ${status} ${code} to ${request.method} ${request.key ?? 'the bucket'}`)
    this.name = 'S3Refusal'
    this.code = code
  }

  public() {
    const full =
      this.code === 'QuotaExceeded' ||
      this.code === 'XMinioStorageFull' ||
      this.code === 'InsufficientStorage'
    return full ? storageFull({ cause: this }) : storageUnavailable({ cause: this })
  }
}

async function refusal(request: S3Request, answer: S3Answer): Promise<S3Refusal> {
  const text = await answer.body.text().catch(() => '')
  return new S3Refusal(request, answer.status, errorCodeOf(text) ?? 'without a code')
}

/** S3's error code in an XML answer, if it is an error. */
export function errorCodeOf(xml: string): string | undefined {
  return /<Error>[\s\S]*?<Code>([\w.]{1,100})<\/Code>/.exec(xml)?.[1]
}
