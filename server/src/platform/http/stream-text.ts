/**
 * An answer that is made while it is read: no more of it is in memory than one piece. A source that throws breaks the
 * answer off, so that a part is not taken for the whole; when the reader goes away the source's `return` runs.
 */
export function streamText(source: AsyncIterable<string>, headers: Record<string, string>): Response {
  return new Response(streamOf(source), { headers })
}

/** The texts in bytes, read one at a time as they are pulled. */
export function streamOf(source: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
