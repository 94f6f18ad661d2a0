import { systemTx } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import type { SignInPolicy } from '../identity/index.ts'
import { findConnectionOfDomain, managesAddressOf, mustUseSingleSignOn } from './connection-store.ts'
import { domainOf } from './rules/sign-in-domain.ts'

/** What identity asks of single sign-on, wired by the app. */
export function createSignInPolicy(platform: Platform): SignInPolicy {
  return {
    mustUseSingleSignOn: (userId) =>
      systemTx(platform, 'single-sign-on', (tx) => mustUseSingleSignOn(tx, userId)),
    managesAddressOf: (userId) => systemTx(platform, 'single-sign-on', (tx) => managesAddressOf(tx, userId)),
    async mustUseSingleSignOnFor(email) {
      const domain = domainOf(email)
      if (domain === undefined) return false
      const connection = await systemTx(platform, 'single-sign-on', (tx) =>
        findConnectionOfDomain(tx, domain),
      )
      return connection?.required === true
    },
  }
}
