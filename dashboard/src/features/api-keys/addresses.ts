/** Addresses and ranges as people write them: separated by spaces, commas or lines. */
export function splitAddresses(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ''))]
}

/** The first that cannot be an address or a range, so that a slip shows before anything is sent; the server decides. */
export function firstBadAddress(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => !/^[0-9a-f.:]+(\/\d{1,3})?$/i.test(address) || !/[.:]/.test(address))
}
