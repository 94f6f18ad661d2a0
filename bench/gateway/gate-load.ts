import { authorizeCall } from '../../server/src/modules/gateway/metered-call.ts'
import { boundChatCall } from '../../server/src/modules/gateway/rules/bound-call.ts'
import { settleCall } from '../../server/src/modules/gateway/settle-call.ts'
import { systemCaller } from '../../server/src/platform/context.ts'
import { newId } from '../../server/src/platform/ids.ts'
import { createTestApp, signUp } from '../../server/src/testing/test-app.ts'
import { percentile } from '../figure.ts'

/**
 * One organization with one hard budget whose calls are authorized and settled by so many clients at once, in this process
 * and without a provider. It writes a line of JSON: calls a second until the last is in the database, and percentiles of
 * what authorizing and settling one call took.
 */
const clients = Number(process.argv[2] ?? 64)
const calls = Number(process.argv[3] ?? 6_400)

const on = await createTestApp({
  OPENROUTER_API_KEY: 'sk-bench',
  // Nobody listens there, and nobody is asked.
  OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1',
  FREEHOLD_LOG_LEVEL: 'error',
})
const ada = await signUp(on)
await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '100000', window: 'month', hard: true })
const { gateway } = on
const deployment = gateway.resolve('openai/gpt-4o-mini', 'chat')
const messages = [{ role: 'user' as const, content: 'hello' }]
const bound = boundChatCall({ model: deployment.id, messages, max_tokens: 1_000 }, deployment)
const usage = {
  promptTokens: 10,
  cachedTokens: 0,
  completionTokens: 10,
  reasoningTokens: 0,
  reportedCostNanos: null,
}

async function measure(count: number): Promise<{ perSecond: number; tookMs: number[] }> {
  const tookMs: number[] = []
  const startedAt = performance.now()
  const client = async () => {
    for (let made = 0; made < count / clients; made++) {
      const caller = systemCaller(ada.organizationId, newId())
      const begunAt = performance.now()
      const call = await authorizeCall(gateway.platform, caller, {
        requestId: newId(),
        purpose: 'chat',
        deployment,
        tag: null,
        bound,
        mayShorten: false,
      })
      const outcome = { usage, status: 'ok', errorCode: null, timeToFirstTokenMs: null } as const
      await settleCall(gateway.platform, caller, call, outcome)
      tookMs.push(performance.now() - begunAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  await gateway.platform.gate.recorded()
  return { perSecond: (tookMs.length / (performance.now() - startedAt)) * 1000, tookMs }
}

// The first run warms it up.
await measure(calls)
const { perSecond, tookMs } = await measure(calls)
process.stdout.write(
  `${JSON.stringify({ perSecond, p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) })}\n`,
)
await on.dispose()
process.exit(0)
