import { revokePersonalKeys } from '../modules/api-keys/index.ts'
import { createIdentity, type Identity } from '../modules/identity/index.ts'
import { createMembershipDirectory } from '../modules/organizations/index.ts'
import { createSignInPolicy } from '../modules/single-sign-on/index.ts'
import type { PersonalData } from '../platform/personal-data.ts'
import type { Platform } from '../platform/platform.ts'
import { eraseTracesOfPerson } from './erase-traces.ts'

/**
 * Identity with what it must know of the modules that stand after it.
 * @param personalData what they keep of people, for whoever exports an account
 * @param recordCalls resolves when the calls that have ended here are in the ledger; commands make none
 */
export function wireIdentity(
  platform: Platform,
  personalData: () => readonly PersonalData[] = () => [],
  recordCalls: () => Promise<void> = async () => {},
): Identity {
  return createIdentity(
    platform,
    createMembershipDirectory(platform),
    createSignInPolicy(platform),
    { revokeAllOf: revokePersonalKeys },
    personalData,
    (tx, person) => eraseTracesOfPerson(platform, tx, person),
    recordCalls,
  )
}
