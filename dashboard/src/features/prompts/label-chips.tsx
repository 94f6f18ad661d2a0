import type { PromptLabel } from '../../app/api-types.ts'
import { cn } from '../../ui/cn.ts'

export const production = 'production'

/** The labels of a prompt, or those that stand on one of its versions. */
export function LabelChips({ labels, version }: { labels: readonly PromptLabel[]; version?: number }) {
  const chips = labels.flatMap(({ label, version: at, canary }) => [
    ...(version === undefined || version === at
      ? [{ label, text: version === undefined ? `${label} ${at}` : label, trial: false }]
      : []),
    ...(canary !== null && (version === undefined || version === canary.version)
      ? [
          {
            label,
            text:
              version === undefined
                ? `${canary.percent} % on ${canary.version}`
                : `${label} ${canary.percent} %`,
            trial: true,
          },
        ]
      : []),
  ])
  return chips.map(({ label, text, trial }) => (
    <span
      key={`${label} ${text}`}
      className={cn(
        'inline-flex h-5 items-center rounded-full border px-2 text-xs whitespace-nowrap',
        trial
          ? 'border-amber-line bg-amber-soft text-amber'
          : label === production
            ? 'border-accent-line bg-accent-soft text-accent-ink'
            : 'border-line-strong text-ink-2',
      )}
    >
      {text}
    </span>
  ))
}
