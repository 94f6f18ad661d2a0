import { lookup as systemLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import type { AppError } from '../errors.ts'
import { fetchRefused } from './errors.ts'
import { isPublicAddress } from './public-address.ts'

export interface ResolvedAddress {
  address: string
  family: number
}

/** Finds all addresses of a host name. Throws when there are none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>

export interface AddressTarget {
  hostname: string
  address: string
  port: number
}

export type AddressRule = (target: AddressTarget) => boolean

export const resolveWithSystem: Resolver = (hostname) => systemLookup(hostname, { all: true })

// The client learns the host it asked for, never the address behind it: that would map an inner network.
function refusedHost(hostname: string): AppError {
  return fetchRefused({
    message: `The host ${hostname} is not on the public internet and may not be fetched.`,
  })
}

interface GuardOptions {
  /** The system's by default. */
  resolver?: Resolver
  /** Which addresses may be dialed besides public ones. */
  allowAddress: AddressRule
  timeoutMs: number
}

/**
 * A dialer that decides. The host name is resolved once for each connection, every address of the answer
 * must pass, and the socket is opened to exactly those addresses: between check and connect there is no second
 * resolution that could answer differently (DNS rebinding). TLS still verifies the host name. Connections are reused
 * only for the same origin, so a reused one was checked when it was opened.
 */
export function createGuardedConnector(options: GuardOptions): buildConnector.connector {
  const { resolver = resolveWithSystem, allowAddress, timeoutMs } = options
  const passes = (target: AddressTarget) => isPublicAddress(target.address) || allowAddress(target)

  const lookupFor = (port: number): LookupFunction => {
    return (hostname, { all }, callback) => {
      Promise.try(resolver, hostname).then(
        (addresses) => {
          const [first] = addresses
          // One inner address among public ones is an attack or a mistake; neither is dialed.
          if (!first || !addresses.every(({ address }) => passes({ hostname, address, port }))) {
            callback(refusedHost(hostname), '')
          } else if (all) callback(null, [...addresses])
          else callback(null, first.address, first.family)
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''),
      )
    }
  }

  return (target, callback) => {
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80)
    const hostname = target.hostname.replace(/^\[|\]$/g, '')
    // The system dials a literal without asking the lookup.
    if (isIP(hostname) && !passes({ hostname, address: hostname, port })) {
      callback(refusedHost(hostname), null)
      return
    }
    buildConnector({ lookup: lookupFor(port), timeout: timeoutMs, allowH2: false })(target, callback)
  }
}

/** An agent for any origin that dials by the guard. */
export function createGuardedDispatcher(options: GuardOptions): Agent {
  return new Agent({
    allowH2: false,
    connect: createGuardedConnector(options),
    connectTimeout: options.timeoutMs,
    keepAliveTimeout: 4_000,
  })
}
