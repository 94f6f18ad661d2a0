import type { Caller } from '../../platform/context.ts'
import { recordAccountEvent } from './account-events.ts'
import { accountTx } from './account-tx.ts'
import type { SignInMethod } from './actions/complete-sign-in.ts'
import { singleSignOnRequired } from './errors.ts'
import type { Identity } from './identity.ts'

/** Refuses whoever comes by another way than the one their organization asks for. @throws single_sign_on_required (403) */
export async function requireAllowedMethod(
  { platform, signInPolicy }: Pick<Identity, 'platform' | 'signInPolicy'>,
  caller: Caller,
  userId: string,
  methods: readonly SignInMethod[],
): Promise<void> {
  if (methods.includes('sso') || !(await signInPolicy.mustUseSingleSignOn(userId))) return
  await accountTx(platform, (tx) =>
    recordAccountEvent(tx, platform, caller, userId, 'session.refuse', { methods, reason: 'single_sign_on' }),
  )
  throw singleSignOnRequired()
}
