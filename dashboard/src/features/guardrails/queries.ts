import { queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import type { GuardrailChoices } from '../../app/api-types.ts'

export const guardrailsQuery = queryOptions({
  queryKey: ['guardrails'],
  queryFn: () => take(api.GET('/api/v1/guardrails')),
})

export interface Trial {
  text: string
  stage: 'input' | 'output'
  system: string
  model: string | undefined
  policy: GuardrailChoices
}

/** What the guards, as they stand in the form, say of a text. */
export function trialQuery({ text, stage, system, model, policy }: Trial) {
  return queryOptions({
    queryKey: ['guardrails', 'trial', { text, stage, system, model, policy }],
    queryFn: () =>
      take(
        api.POST('/api/v1/guardrails/test', {
          body: {
            text,
            stage,
            policy,
            ...(system === '' ? {} : { system }),
            ...(model === undefined ? {} : { model }),
          },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  })
}
