import { Link } from '@tanstack/react-router'
import { GitCompareArrows } from 'lucide-react'
import type { Prompt, PromptFigure, PromptVersionSummary } from '../../app/api-types.ts'
import { formatCount, formatDuration } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { cn } from '../../ui/cn.ts'
import { Money } from '../../ui/money.tsx'
import { Time } from '../../ui/time.tsx'
import { LabelChips } from './label-chips.tsx'

/** The versions, the newest first, with what stands on each and what its calls came to. */
export function Timeline({
  prompt,
  versions,
  figures,
  shown,
}: {
  prompt: Prompt
  versions: readonly PromptVersionSummary[]
  figures: readonly PromptFigure[]
  shown: number
}) {
  return (
    <ol aria-label="Versions" className="mt-1 border-t border-line-strong">
      {versions.map((version) => {
        const active = version.number === shown
        const figure = figures.find((one) => one.version === version.number)
        return (
          <li
            key={version.number}
            className={cn('relative border-b py-2.5', active && '-mx-3 bg-accent-soft px-3')}
          >
            <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <Link
                to="/models/prompts/$promptId"
                params={{ promptId: prompt.id }}
                search={{ version: version.number }}
                aria-current={active ? 'true' : undefined}
                className="rounded-sm text-sm font-medium after:absolute after:inset-0 after:content-['']"
              >
                Version {version.number}
              </Link>
              <LabelChips labels={prompt.labels} version={version.number} />
              {active ? null : (
                <Button
                  asChild
                  variant="ghost"
                  size="icon-sm"
                  className="relative ml-auto -my-1"
                  title={`Compare with version ${version.number}`}
                >
                  <Link
                    to="/models/prompts/$promptId"
                    params={{ promptId: prompt.id }}
                    search={{ version: shown, compare: version.number }}
                    aria-label={`Compare version ${shown} with version ${version.number}`}
                  >
                    <GitCompareArrows />
                  </Link>
                </Button>
              )}
            </div>
            {version.note === '' ? null : (
              <p className="mt-0.5 text-sm text-pretty text-ink-2">{version.note}</p>
            )}
            <p className="mt-0.5 text-xs text-ink-3">
              {version.createdBy?.name ?? 'A program, or somebody who left'} ·{' '}
              <Time value={version.createdAt} />
            </p>
            {figure ? (
              <p className="mt-0.5 text-xs text-ink-3" title="In the last 30 days">
                {formatCount(figure.calls)} {figure.calls === 1 ? 'call' : 'calls'}
                {figure.failed > 0 ? `, ${formatCount(figure.failed)} failed` : ''} ·{' '}
                <Money nanos={figure.costNanos} /> · {formatDuration(figure.averageLatencyMs)} each
              </p>
            ) : null}
          </li>
        )
      })}
    </ol>
  )
}
