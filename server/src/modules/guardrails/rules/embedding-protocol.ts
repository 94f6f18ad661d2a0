import type { Protocol, RequestText } from './protocol.ts'

/** Nobody's orders: what an embedding model reads it follows in nothing. */
const said = (text: string): RequestText => ({ author: 'assistant', text })

/** Requests for embeddings. Their answers are numbers, and no guard looks at them. */
export const embeddingProtocol: Protocol = {
  requestTexts: ({ input }) => [input].flat().flatMap((one) => (typeof one === 'string' ? [said(one)] : [])),
  mapRequestTexts(body, replace) {
    const change = (one: unknown) => (typeof one === 'string' ? replace(one) : one)
    const { input } = body
    return { ...body, input: Array.isArray(input) ? input.map(change) : change(input) }
  },
  countMessages: () => 0,
  wantedFormat: () => undefined,
  createReader: () => () => ({ texts: [], callsTools: false, ends: () => true }),
  contents: () => [],
  afterChange: () => '',
}
