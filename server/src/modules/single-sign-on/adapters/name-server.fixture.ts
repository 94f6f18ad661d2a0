import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export interface NameServer {
  /** `host:port`, as FREEHOLD_DNS_SERVERS takes it. */
  address: string
  /** TXT records by domain; what is not here does not exist. */
  records: Map<string, string[]>
  close(): Promise<void>
}

/** A name server (RFC 1035) on a UDP port of loopback that knows TXT records alone. */
export async function startNameServer(): Promise<NameServer> {
  const records = new Map<string, string[]>()
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, end } = readName(query)
    const texts = records.get(name.toLowerCase())
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    // An answer, authoritative; without such a name, the code for that.
    header.writeUInt16BE(texts ? 0x8480 : 0x8483, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(texts?.length ?? 0, 6)
    const answers = (texts ?? []).map(txtRecord)
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...answers]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address() as AddressInfo // bound to an IP port above
  return {
    address: `127.0.0.1:${port}`,
    records,
    async close() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** The name asked for, and where it ends. */
function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 1 }
}

/** Texts longer than 255 bytes go out in pieces. */
function txtRecord(text: string): Buffer {
  const pieces = text.match(/.{1,255}/gs) ?? ['']
  const data = Buffer.concat(pieces.map((piece) => Buffer.from([piece.length, ...Buffer.from(piece)])))
  const head = Buffer.alloc(12)
  // The name is the question's; type TXT, class IN, a life of 0 seconds.
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(16, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}
