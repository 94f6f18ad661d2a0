import { AppError, callerGone, internalError } from '../../platform/errors.ts'
import type { ProviderUsage } from './adapters/provider.ts'
import { ProviderError } from './adapters/provider-error.ts'
import type { ChatRequest } from './contract.ts'
import type { CallOutcome } from './describe-call.ts'
import { errorOfProvider } from './errors.ts'
import { estimateInputTokens, estimateTokens } from './rules/estimate-tokens.ts'

export const noUsage: ProviderUsage = {
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  reportedCostNanos: null,
}

/** What a call must have used where the provider did not say: about four bytes to a token, in and out. */
export function estimatedUsage(body: ChatRequest, producedText: string, moreTokens = 0): ProviderUsage {
  return {
    ...noUsage,
    promptTokens: estimateInputTokens(body),
    completionTokens: estimateTokens(producedText) + moreTokens,
  }
}

/** What the ledger says of a call that failed, and the error its caller gets. */
export function failedOutcome(
  error: unknown,
  callerSignal: AbortSignal,
  usage: ProviderUsage,
  timeToFirstTokenMs: number | null,
): { outcome: CallOutcome; error: AppError } {
  if (callerSignal.aborted) {
    const reason =
      callerSignal.reason instanceof AppError ? callerSignal.reason : callerGone({ cause: error })
    return {
      outcome: { usage, status: 'aborted', errorCode: reason.code, timeToFirstTokenMs },
      error: reason,
    }
  }
  const spent = error instanceof ProviderError && error.spent ? error.spent : usage
  const known =
    error instanceof ProviderError
      ? errorOfProvider(error)
      : error instanceof AppError
        ? error
        : internalError({ cause: error })
  return {
    outcome: { usage: spent, status: 'error', errorCode: known.code, timeToFirstTokenMs },
    error: known,
  }
}
