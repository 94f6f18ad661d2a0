const TEXT = /^(?:text\/|application\/(?:xhtml\+xml|json|xml))/i
const HEAD_BYTES = 2_048

/** The bytes of a text as UTF-8: the encoding is what the server says, or else the page itself. Other bytes stay. */
export function toUnicode(bytes: Uint8Array, contentType: string): Uint8Array {
  if (!TEXT.test(contentType)) return bytes
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1')
  const said =
    /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ??
    (/html/i.test(contentType) ? /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] : undefined)
  if (said === undefined || /^utf-?8$/i.test(said)) return bytes
  try {
    return new TextEncoder().encode(new TextDecoder(said).decode(bytes))
  } catch {
    // An encoding nobody knows: reading the bytes tells whether they are UTF-8 after all.
    return bytes
  }
}
