import type { GuardrailChoices, GuardrailPolicy } from '../../app/api-types.ts'
import { GuardRow, inherited } from './guard-row.tsx'
import {
  AnswerSettings,
  InjectionSettings,
  LeakSettings,
  LengthSettings,
  PatternSettings,
  PiiSettings,
} from './guard-settings.tsx'
import { type GuardName, guardNames } from './guard-words.ts'

const actionsOf = {
  length: ['off', 'flag', 'block'],
  unicode: ['off', 'flag', 'clean', 'block'],
  patterns: ['off', 'flag', 'block'],
  injection: ['off', 'flag', 'block'],
  pii: ['off', 'flag', 'redact', 'block'],
  promptLeak: ['off', 'flag', 'block'],
  answer: ['off', 'flag', 'block'],
} as const satisfies { [Name in GuardName]: readonly GuardrailPolicy[Name]['action'][] }

/**
 * Every guard in the order in which they look.
 * @param base what is in force where the draft says nothing
 * @param isOverride the draft is for one model: what it does not speak of is as for every call
 */
export function GuardList({
  base,
  draft,
  isOverride,
  onChange,
}: {
  base: GuardrailPolicy
  draft: GuardrailChoices
  isOverride: boolean
  onChange: (draft: GuardrailChoices) => void
}) {
  const value = { ...base, ...draft }

  function row<Name extends GuardName>(name: Name) {
    const actions: readonly GuardrailPolicy[Name]['action'][] = actionsOf[name]
    return (
      <GuardRow
        key={name}
        name={name}
        action={isOverride && draft[name] === undefined ? inherited : value[name].action}
        actions={actions}
        inheritedAction={isOverride ? base[name].action : undefined}
        onAction={(action) => {
          if (action === inherited) {
            const { [name]: _, ...others } = draft
            onChange(others)
          } else onChange({ ...draft, [name]: { ...value[name], action } })
        }}
      >
        {settings[name]}
      </GuardRow>
    )
  }

  const settings = {
    length: <LengthSettings value={value.length} onChange={(length) => onChange({ ...draft, length })} />,
    unicode: null,
    patterns: (
      <PatternSettings value={value.patterns} onChange={(patterns) => onChange({ ...draft, patterns })} />
    ),
    injection: (
      <InjectionSettings
        value={value.injection}
        onChange={(injection) => onChange({ ...draft, injection })}
      />
    ),
    pii: <PiiSettings value={value.pii} onChange={(pii) => onChange({ ...draft, pii })} />,
    promptLeak: (
      <LeakSettings value={value.promptLeak} onChange={(promptLeak) => onChange({ ...draft, promptLeak })} />
    ),
    answer: <AnswerSettings value={value.answer} onChange={(answer) => onChange({ ...draft, answer })} />,
  }
  return (
    <ul aria-label="Guards" className="border-t border-line-strong">
      {guardNames.map((name) => row(name))}
    </ul>
  )
}
