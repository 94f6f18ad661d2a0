const countries = new Intl.DisplayNames(['en'], { type: 'region' })

/** Where something came from: the country of the address, where it is known, and the address. */
export function Place({ at }: { at: { ip: string | null; country: string | null } }) {
  return (
    <span className="inline-flex max-w-full flex-wrap items-baseline gap-x-2 whitespace-nowrap">
      {at.country === null ? null : <span className="text-ink-2">{countries.of(at.country)}</span>}
      <span className="font-mono text-xs leading-5 text-ink-3">{at.ip ?? '–'}</span>
    </span>
  )
}
