import { SaxesParser } from 'saxes'
import { documentCorrupted } from '../../errors.ts'

/** Deeper than any office program nests; hostile files go on for ever. */
const MAX_DEPTH = 256

export type XmlAttributes = Readonly<Record<string, string>>

export interface XmlHandlers {
  /** Names come without their prefix, attributes with theirs. `above` are the names of the open elements. */
  open?(name: string, attributes: XmlAttributes, above: readonly string[]): void
  close?(name: string): void
  text?(text: string, inside: string | undefined): void
}

/**
 * Walks over a part of an office document. Nothing outside of it is ever fetched, and a part that declares entities of
 * its own is refused: no office program writes such.
 * @throws document_corrupted (422)
 */
export function walkXml(bytes: Uint8Array, handlers: XmlHandlers): void {
  const parser = new SaxesParser()
  const open: string[] = []
  parser.on('doctype', () => {
    throw documentCorrupted({
      message:
        'This file declares XML entities of its own, which no office program does, so it was not read. Save it anew and upload that.',
    })
  })
  parser.on('error', (cause) => {
    throw documentCorrupted({ cause })
  })
  parser.on('opentag', (tag) => {
    if (open.length >= MAX_DEPTH) throw documentCorrupted({ details: { depthLimit: MAX_DEPTH } })
    const name = localName(tag.name)
    handlers.open?.(name, tag.attributes, open)
    open.push(name)
  })
  parser.on('closetag', (tag) => {
    open.pop()
    handlers.close?.(localName(tag.name))
  })
  parser.on('text', (text) => handlers.text?.(text, open.at(-1)))
  parser.on('cdata', (text) => handlers.text?.(text, open.at(-1)))
  parser.write(decode(bytes)).close()
}

function decode(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  try {
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw documentCorrupted({ cause })
  }
}

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
