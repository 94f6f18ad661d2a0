import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** More of a body than this waits in memory only until its reader has caught up; the sender is paused meanwhile. */
const highWaterBytes = 64 * 1024

/**
 * One reply as undici's dispatcher hands it over, without the stream that `request` would put around it: a stream of
 * Node's costs more than all that the gateway does with an answer.
 *
 * States: waiting (for headers) → answering → ended. It ends by the body's end, by an error of the connection, or by
 * `close`. The body is read once: whole, piece by piece, or not at all.
 */
export class DispatchedReply implements Dispatcher.DispatchHandler {
  status = 0
  headers: IncomingHttpHeaders = {}
  /** Resolves when status and headers are there. */
  readonly started: Promise<void>
  readonly #start = Promise.withResolvers<void>()
  #controller: Dispatcher.DispatchController | undefined
  #pieces: Buffer[] = []
  #waitingBytes = 0
  /** How much is read and thrown away; undefined while somebody reads. */
  #spareBytes: number | undefined
  #ended = false
  #error: Error | undefined
  #wake: (() => void) | undefined

  constructor() {
    this.started = this.#start.promise
  }

  /** Nothing more comes. */
  get isOver(): boolean {
    return this.#ended
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Closed while it waited for a connection.
    if (this.#error) controller.abort(this.#error)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // What comes before the answer, such as 103 Early Hints.
    if (status < 200) return
    this.status = status
    this.headers = headers
    this.#start.resolve()
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#spareBytes !== undefined) {
      this.#spareBytes -= piece.length
      if (this.#spareBytes < 0) this.close(new Error('More came than was asked for.'))
      return
    }
    this.#pieces.push(piece)
    this.#waitingBytes += piece.length
    if (this.#waitingBytes > highWaterBytes) controller.pause()
    this.#wake?.()
  }

  onResponseEnd(): void {
    this.#ended = true
    this.#wake?.()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  /** Breaks the connection off, which providers take as the sign to stop; whoever waits gets the reason. */
  close(reason: Error): void {
    if (this.#ended) return
    this.#fail(reason)
    this.#controller?.abort(reason)
  }

  /** Reads what is left without keeping it, so that the connection can serve the next call. */
  discard(limitBytes: number): void {
    this.#spareBytes = limitBytes
    this.#pieces = []
    this.#controller?.resume()
  }

  /** The next piece of the body; undefined at its end. @throws the error of the connection, or the reason of `close` */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const piece = this.#pieces.shift()
      if (piece) {
        this.#waitingBytes -= piece.length
        if (this.#waitingBytes <= highWaterBytes && this.#controller?.paused) this.#controller.resume()
        return piece
      }
      if (this.#error) throw this.#error
      if (this.#ended) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The body as text; undefined when it is longer than `maxBytes`. @throws as `next` */
  async text(maxBytes: number): Promise<string | undefined> {
    const pieces: Buffer[] = []
    let bytes = 0
    for (let piece = await this.next(); piece; piece = await this.next()) {
      bytes += piece.length
      if (bytes > maxBytes) return undefined
      pieces.push(piece)
    }
    const [only] = pieces
    return (pieces.length === 1 && only ? only : Buffer.concat(pieces)).toString('utf8')
  }

  #fail(error: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#start.reject(error)
    this.#wake?.()
  }
}
