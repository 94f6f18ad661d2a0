import { hash } from 'node:crypto'

/** A place between 0 and 1, evenly spread over texts and always the same for the same text. */
export function placeOfText(text: string): number {
  return Number.parseInt(hash('sha256', text, 'hex').slice(0, 8), 16) / 2 ** 32
}
