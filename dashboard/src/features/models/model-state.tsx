import type { ModelAlias, ModelHealth } from '../../app/api-types.ts'
import { StatusDot, type Tone } from '../../ui/badge.tsx'

const states = {
  unknown: { tone: 'neutral', label: 'Not called yet' },
  closed: { tone: 'accent', label: 'Answers' },
  half_open: { tone: 'amber', label: 'Being tried again' },
  open: { tone: 'red', label: 'Failing, left alone' },
} as const satisfies Record<ModelHealth['state'], { tone: Tone; label: string }>

export function ModelState({ health }: { health: ModelHealth | undefined }) {
  const { tone, label } = states[health?.state ?? 'unknown']
  return <StatusDot tone={tone}>{label}</StatusDot>
}

const targetStates = {
  ready: { tone: 'accent', label: 'Ready' },
  failing: { tone: 'red', label: 'Failing' },
  not_allowed: { tone: 'amber', label: 'Not allowed here' },
  not_served: { tone: 'amber', label: 'Not served any more' },
} as const satisfies Record<ModelAlias['targets'][number]['state'], { tone: Tone; label: string }>

export function TargetState({ state }: { state: ModelAlias['targets'][number]['state'] }) {
  const { tone, label } = targetStates[state]
  return <StatusDot tone={tone}>{label}</StatusDot>
}
