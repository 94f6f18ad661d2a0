const always = new Set(['schemas', 'id'])

/** The attributes of a resource that were asked for (RFC 7644, section 3.9); a part of one brings the whole. */
export function projectAttributes(
  resource: Readonly<Record<string, unknown>>,
  asked: { attributes?: string | undefined; excludedAttributes?: string | undefined },
): Record<string, unknown> {
  const wanted = namesOf(asked.attributes)
  const unwanted = namesOf(asked.excludedAttributes)
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => {
      if (always.has(name)) return true
      const key = name.toLowerCase()
      if (wanted.size > 0) return wanted.has(key)
      return !unwanted.has(key)
    }),
  )
}

function namesOf(list: string | undefined): ReadonlySet<string> {
  const names = (list ?? '').split(',').map((name) => name.trim().toLowerCase())
  return new Set(
    names.filter(Boolean).flatMap((name) => {
      const urn = /^(urn:.+:(?:user|group))(?::(.+))?$/.exec(name)
      const attribute = urn ? urn[2] : name
      // `urn:…:core:2.0:User:name.familyName` is `name`; of an extension it is the extension.
      return [...(urn?.[1] ? [urn[1]] : []), ...(attribute ? [attribute.split('.')[0] ?? ''] : [])]
    }),
  )
}
