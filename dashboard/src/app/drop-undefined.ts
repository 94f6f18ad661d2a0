type Defined<Shape> = { [Key in keyof Shape]?: Exclude<Shape[Key], undefined> }

/** The shape without the keys that hold undefined: an absent filter is absent from the request and from the URL. */
export function dropUndefined<Shape extends object>(shape: Shape): Defined<Shape> {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined)
  // The entries are the shape's own, without the undefined ones.
  return Object.fromEntries(entries) as Defined<Shape>
}
