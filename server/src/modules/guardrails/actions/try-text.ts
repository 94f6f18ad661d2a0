import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { openCallGuard } from '../call-guard.ts'
import type { GuardrailChoices } from '../contract.ts'
import type { Guardrails } from '../guardrails.ts'
import { explainInjection } from '../rules/injection.ts'
import { initialPolicy, layOver } from '../rules/policy.ts'

/** What the guards would say of a text. Nothing is sent, kept or charged. */
export async function tryText(
  guardrails: Guardrails,
  caller: Caller,
  trial: {
    text: string
    stage: 'input' | 'output'
    system: string | undefined
    model: string | undefined
    policy: GuardrailChoices | undefined
  },
) {
  requirePermission(caller, 'manage:guardrails')
  const { text, stage, system, model } = trial
  const set = await guardrails.policyFor(caller, model === undefined ? [] : [model], [])
  const policy = layOver(set ?? initialPolicy, trial.policy)
  const systemMessages = system === undefined ? [] : [{ role: 'system', content: system }]
  if (stage === 'input') {
    const guard = await openCallGuard(policy, {
      messages: [...systemMessages, { role: 'user', content: text }],
    })
    const isBlocked = guard.refusal() !== undefined
    const injection = policy.injection.action === 'off' ? null : explainInjection(text)
    return {
      blocked: isBlocked,
      verdicts: guard.verdicts(),
      text: isBlocked ? '' : guard.text(text),
      injectionScore: injection?.score ?? null,
      injectionReasons: injection && {
        expressions: [...injection.reasons.expressions],
        phrases: [...injection.reasons.phrases],
      },
    }
  }
  const guard = await openCallGuard(policy, { messages: systemMessages })
  const answer = { choices: [{ index: 0, message: { role: 'assistant', content: text } }] }
  const after = guard.answer(answer)
  const isBlocked = guard.answerRefusal() !== undefined
  const verdicts = guard.verdicts().filter((verdict) => verdict.stage === 'output')
  return {
    blocked: isBlocked,
    verdicts,
    text: isBlocked ? '' : contentOf(after),
    injectionScore: null,
    injectionReasons: null,
  }
}

/** Of an answer in the shape that went in. */
function contentOf(answer: Readonly<Record<string, unknown>>): string {
  const { choices } = answer as { choices?: readonly { message: { content: string } }[] } // as above
  return choices?.[0]?.message.content ?? ''
}
