import type { IncomingMessage } from 'node:http'

const mostBytes = 64 * 1_048_576
const mostMs = 10_000

/**
 * Reads on and throws away what a client is still sending to a request that is refused. A server that answers and
 * closes at once makes the system reset the connection, and many clients then lose the answer with it.
 * @returns whether the body came to its end; otherwise the connection cannot serve another request
 */
export async function drainBody(incoming: IncomingMessage): Promise<boolean> {
  if (incoming.complete) return true
  if (incoming.destroyed || Number(incoming.headers['content-length'] ?? 0) > mostBytes) return false
  return new Promise((resolve) => {
    let bytes = 0
    const timer = setTimeout(() => end(false), mostMs)
    const onData = (piece: Buffer) => {
      bytes += piece.length
      if (bytes > mostBytes) end(false)
    }
    const onEnd = () => end(true)
    const onClose = () => end(false)
    function end(whole: boolean): void {
      clearTimeout(timer)
      incoming.off('data', onData).off('end', onEnd).off('close', onClose)
      resolve(whole)
    }
    // Who was reading has given up; left in place it would pause the body and keep what comes.
    incoming.removeAllListeners('data')
    incoming.on('data', onData).once('end', onEnd).once('close', onClose)
    incoming.resume()
  })
}
