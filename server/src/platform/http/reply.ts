/**
 * What a handler answers that is more than a plain object: headers beside it, or server-sent events. Known to both ways
 * an answer can leave: through Hono, and straight from Node's own request (`direct-lane.ts`).
 */
export class Reply {
  readonly content: { readonly json: unknown } | { readonly events: AsyncIterable<string> }
  readonly headers: Readonly<Record<string, string>>

  private constructor(content: Reply['content'], headers: Reply['headers']) {
    this.content = content
    this.headers = headers
  }

  static json(json: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
    return new Reply({ json }, headers)
  }

  /**
   * Each text is sent as it is, in the form of server-sent events. It is read as fast as the client reads, and its
   * `return` runs when the client leaves. It must not throw: what goes wrong is an event of its protocol.
   */
  static events(events: AsyncIterable<string>, headers: Readonly<Record<string, string>> = {}): Reply {
    return new Reply({ events }, { ...headersOfEvents, ...headers })
  }
}

/** No proxy on the way may keep events back or change them. */
export const headersOfEvents = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}
