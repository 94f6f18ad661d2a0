import { Resolver } from 'node:dns/promises'

export interface DomainRecords {
  /** The texts of a domain's TXT records; none for a domain that has none, or that cannot be asked for. */
  listTexts(domain: string): Promise<string[]>
}

/** @param servers `host:port`, separated by commas; the system's own without it */
export function createDomainRecords(servers: string | undefined): DomainRecords {
  return {
    async listTexts(domain) {
      // One for each question: a resolver keeps its sockets, and this is asked once in a while.
      const resolver = new Resolver({ timeout: 2_000, tries: 2 })
      if (servers !== undefined) resolver.setServers(servers.split(',').map((server) => server.trim()))
      try {
        return (await resolver.resolveTxt(domain)).map((parts) => parts.join(''))
      } catch {
        return []
      } finally {
        resolver.cancel()
      }
    },
  }
}
