export interface ServerEvent {
  event: string
  data: string
}

/** Reads a text/event-stream: blocks of `field: value` lines, a blank line after each; lines that begin with a colon say nothing. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.body) return
  let text = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = readBlock(block)
      if (event.data !== '') yield event
    }
  }
}

function readBlock(block: string): ServerEvent {
  const event: ServerEvent = { event: 'message', data: '' }
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(event|data): ?(.*)$/.exec(line) ?? []
    if (field === 'event') event.event = value
    if (field === 'data') event.data += event.data === '' ? value : `\n${value}`
  }
  return event
}
