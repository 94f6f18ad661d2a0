import { systemTx } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import type { SignInPolicy } from '../identity/index.ts'
import { mustUseSingleSignOn } from './connection-store.ts'

/** What identity asks of single sign-on, wired by the app. */
export function createSignInPolicy(platform: Platform): SignInPolicy {
  return {
    mustUseSingleSignOn: (userId) =>
      systemTx(platform, 'single-sign-on', (tx) => mustUseSingleSignOn(tx, userId)),
  }
}
