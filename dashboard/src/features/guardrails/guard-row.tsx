import type { ReactNode } from 'react'
import { Select } from '../../ui/select.tsx'
import { actionOptions, type GuardName, meanings, titles } from './guard-words.ts'

/** Stands for “what is set for every call”. */
export const inherited = 'inherited'

/** One guard: what it is for, what it does, and its settings while it does something. */
export function GuardRow<Action extends string>({
  name,
  action,
  actions,
  inheritedAction,
  onAction,
  children,
}: {
  name: GuardName
  action: Action | typeof inherited
  actions: readonly Action[]
  /** What it would do if nothing were said of it; absent where it has to be said. */
  inheritedAction?: string | undefined
  onAction: (action: Action | typeof inherited) => void
  children?: ReactNode
}) {
  const inheritance =
    inheritedAction === undefined
      ? []
      : [
          {
            value: inherited,
            label: `As for every call (${actionOptions([inheritedAction])[0]?.label.toLowerCase()})`,
          } as const,
        ]
  return (
    <li className="border-b py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h3 className="text-sm font-medium">{titles[name]}</h3>
          <p className="text-sm text-pretty text-ink-2">{meanings[name]}</p>
        </div>
        <Select
          label={`${titles[name]}: what is done`}
          value={action}
          onChange={onAction}
          options={[...inheritance, ...actionOptions(actions)]}
          className={inheritance.length > 0 ? 'w-52' : 'w-28'}
        />
      </div>
      {children && action !== 'off' && action !== inherited ? (
        <div className="mt-3 flex flex-col gap-4 border-l-2 border-line-strong pl-4">{children}</div>
      ) : null}
    </li>
  )
}
