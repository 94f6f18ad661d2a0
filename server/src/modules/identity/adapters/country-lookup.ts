import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ipaddr from 'ipaddr.js'
import { Reader, type Response } from 'mmdb-lib'

/**
 * The country that an address is registered in, as ISO 3166-1 alpha-2 (`CH`); null for a private or unknown one, and for
 * none. By the registries' public lists, which say where a network is registered and not where somebody sits.
 */
export type CountryOf = (address: string | null) => string | null

/** Reads the lists at the first question: 8 MB, some 12 ms. */
export function createCountryLookup(): CountryOf {
  let reader: Reader<Response> | undefined
  const open = () =>
    new Reader(
      readFileSync(
        fileURLToPath(
          import.meta.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'),
        ),
      ),
    )
  return (address) => {
    // Sessions keep what a proxy of the operator's own said, which need not be an address.
    if (address === null || !ipaddr.isValid(address)) return null
    reader ??= open()
    // The reader is typed for the products of another company; these lists hold this alone.
    const found = reader.get(ipaddr.process(address).toString()) as { country_code: string } | null
    return found?.country_code ?? null
  }
}
