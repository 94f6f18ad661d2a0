import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** For tests: stands between a client and a server, and can be cut, frozen and restored. */
export interface TcpProxy {
  readonly port: number
  /** Lets the connections there are hang for good, open but silent, and new ones until `restore`. */
  freeze(): void
  /** Drops every connection and refuses new ones. */
  cut(): Promise<void>
  /** From now on new connections work. */
  restore(): Promise<void>
}

export async function startTcpProxy(targetHost: string, targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let frozen = false
  const server = createServer((client) => {
    const upstream = connect(targetPort, targetHost)
    const directions: [Socket, Socket][] = [
      [client, upstream],
      [upstream, client],
    ]
    for (const [from, to] of directions) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
      if (frozen) from.unpipe(to)
    }
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo

  return {
    port,
    freeze() {
      frozen = true
      for (const socket of sockets) socket.unpipe()
    },
    async cut() {
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async restore() {
      frozen = false
      if (!server.listening) await listen(port)
    },
  }
}
