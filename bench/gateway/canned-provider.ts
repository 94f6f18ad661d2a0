import { createServer, type ServerResponse } from 'node:http'

/**
 * A provider that answers at once with what it had ready, so that what is measured is what stands before it. Its port is
 * the first line it writes. `GET /calls` tells how many completions it has begun.
 */
const words =
  'A completion of a few dozen words, which is what most answers of a short chat are, and no longer. '
const text = words.repeat(3).trim()
const usage = { prompt_tokens: 24, completion_tokens: 66, total_tokens: 90 }
const base = { id: 'chatcmpl-bench', created: 1_780_000_000, model: 'bench', system_fingerprint: 'fp_bench' }
const whole = Buffer.from(
  JSON.stringify({
    ...base,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage,
  }),
)
const models = JSON.stringify({
  object: 'list',
  data: [
    {
      id: 'bench',
      object: 'model',
      context_length: 32_000,
      pricing: { prompt: '0.000001', completion: '0.000004' },
    },
  ],
})

const event = (fields: object) =>
  `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...fields })}\n\n`
const piece = (content: string) =>
  event({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })
const pieces = text.split(' ').map((word) => piece(`${word} `))
const ending = [
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ choices: [], usage }),
  'data: [DONE]\n\n',
].join('')

let calls = 0

const server = createServer((request, response) => {
  if (request.url?.endsWith('/models')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(models)
    return
  }
  if (request.url?.endsWith('/calls')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ calls }))
    return
  }
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    calls++
    const body = Buffer.concat(parts).toString()
    if (!body.includes('"stream":true')) {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length })
        .end(whole)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (body.includes('"hold"')) holdOpen(response)
    else response.end(pieces.join('') + ending)
  })
})

/** One piece at once and one a second after it, until the reader leaves. */
function holdOpen(response: ServerResponse): void {
  response.write(piece('Once '))
  const timer = setInterval(() => response.write(piece('more ')), 1_000)
  response.once('close', () => clearInterval(timer))
}

server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
