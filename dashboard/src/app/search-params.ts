import { dropUndefined } from './drop-undefined.ts'

export type Search = Record<string, unknown>

export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What is passed on as it stands in the address, though it may look like a number. */
export function verbatim(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return text(value)
  return text(new URLSearchParams(window.location.search).get(name))
}

export function oneOf<const Value extends string>(
  values: readonly Value[],
  value: unknown,
): Value | undefined {
  return values.find((candidate) => candidate === value)
}

export function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined
}

/** A search with every key optional, as links write it; what is undefined leaves a clean URL. */
export function compact<Shape extends object>(
  shape: Shape,
): { [Key in keyof Shape]?: Shape[Key] | undefined } {
  return dropUndefined(shape)
}
