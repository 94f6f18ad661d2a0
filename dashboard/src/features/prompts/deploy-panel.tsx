import { useMutation } from '@tanstack/react-query'
import { Rocket, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { Prompt, PromptFigure, PromptLabelMove } from '../../app/api-types.ts'
import { formatCount } from '../../app/format.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Money } from '../../ui/money.tsx'
import { production } from './label-chips.tsx'
import { refreshPrompts } from './queries.ts'

export interface Move {
  label: string
  version: number
  canary?: { version: number; percent: number } | null
  expectedVersion: number | null
  /** What is said when it is done. */
  done: string
}

/** Moves a label. What it says where somebody was quicker is the server's sentence. */
export function useMoveLabel(prompt: Prompt) {
  return useMutation({
    mutationFn: ({ label, version, canary = null, expectedVersion }: Move) =>
      take(
        api.PUT('/api/v1/prompts/{id}/labels/{label}', {
          params: { path: { id: prompt.id, label } },
          body: { version, canary, expectedVersion },
        }),
      ),
    onSuccess: (_label, { done }) => toast.success(done),
    onError: (error) => toast.error('The label was not moved', { description: messageOf(error) }),
    onSettled: refreshPrompts,
  })
}

/** What serves in production, what it was before, and the way from one to the other. */
export function DeployPanel({
  prompt,
  shown,
  moves,
  figures,
}: {
  prompt: Prompt
  shown: number
  moves: readonly PromptLabelMove[]
  figures: readonly PromptFigure[]
}) {
  const canDeploy = useCan('deploy:prompts')
  const move = useMoveLabel(prompt)
  const label = prompt.labels.find((one) => one.label === production)
  const current = label?.version ?? null
  const canary = label?.canary ?? null
  const before = moves.find(
    (one) => one.label === production && one.to === current && one.from !== null && one.from !== one.to,
  )?.from
  const go = (version: number, done: string, trial: Move['canary'] = null) =>
    move.mutate({ label: production, version, canary: trial, expectedVersion: current, done })

  return (
    <section aria-labelledby="production" className="border-b pb-5">
      <h2 id="production" className="flex min-h-8 items-center text-base font-semibold">
        Production
      </h2>
      <p className="text-sm text-pretty text-ink-2">
        {current === null
          ? 'Nothing is deployed: calls that name no version are refused.'
          : canary === null
            ? `Every call gets version ${current}.`
            : `${100 - canary.percent} % of calls get version ${current}, ${canary.percent} % version ${canary.version}.`}
      </p>
      {canDeploy && prompt.archivedAt === null ? (
        <div className="mt-3 flex flex-wrap gap-2">
          {shown === current || shown === canary?.version ? null : (
            <Button
              variant="primary"
              busy={move.isPending}
              onClick={() => go(shown, `Version ${shown} is in production`)}
            >
              <Rocket /> Deploy version {shown} to production
            </Button>
          )}
          {before && before !== shown ? (
            <Button
              busy={move.isPending}
              onClick={() => go(before, `Production is back on version ${before}`)}
            >
              <Undo2 /> Roll back to version {before}
            </Button>
          ) : null}
        </div>
      ) : null}
      {current !== null && (canary !== null || (shown !== current && canDeploy)) ? (
        <Canary
          key={`${canary?.version ?? shown} ${canary?.percent ?? 'none'}`}
          current={current}
          canary={canary}
          trial={canary?.version ?? shown}
          busy={move.isPending}
          canDeploy={canDeploy && prompt.archivedAt === null}
          figures={figures}
          go={go}
        />
      ) : null}
      {canDeploy ? null : (
        <p className="mt-2 text-xs text-ink-3">Owners and admins decide what is in production.</p>
      )}
    </section>
  )
}

/** A share of the calls for another version: begun, widened, promoted, called off. */
function Canary({
  current,
  canary,
  trial,
  busy,
  canDeploy,
  figures,
  go,
}: {
  current: number
  canary: { version: number; percent: number } | null
  trial: number
  busy: boolean
  canDeploy: boolean
  figures: readonly PromptFigure[]
  go: (version: number, done: string, canary?: Move['canary']) => void
}) {
  const [percent, setPercent] = useState(canary?.percent ?? 10)
  const changed = percent !== canary?.percent
  return (
    <div className="mt-4 rounded-md border bg-sunken p-3">
      <h3 className="text-sm font-medium">
        {canary === null ? `Try version ${trial} with a share of calls` : `Version ${trial} is being tried`}
      </h3>
      {canary === null ? null : <Compared versions={[current, trial]} figures={figures} />}
      {canDeploy ? (
        <>
          <label className="mt-2 flex items-center gap-3 text-sm">
            <span className="sr-only">Share of calls for version {trial}, percent</span>
            <input
              type="range"
              min={1}
              max={99}
              value={percent}
              onChange={(event) => setPercent(event.target.valueAsNumber)}
              className="h-6 min-w-0 flex-1 accent-accent"
            />
            <output className="w-11 text-right font-mono text-sm">{percent} %</output>
          </label>
          <div className="mt-2 flex flex-wrap gap-2">
            {canary === null || changed ? (
              <Button
                size="sm"
                busy={busy}
                onClick={() =>
                  go(current, `Version ${trial} gets ${percent} % of calls`, { version: trial, percent })
                }
              >
                {canary === null ? `Give it ${percent} %` : `Change to ${percent} %`}
              </Button>
            ) : null}
            {canary === null ? null : (
              <>
                <Button
                  size="sm"
                  variant="primary"
                  busy={busy}
                  onClick={() => go(trial, `Version ${trial} is in production`)}
                >
                  Promote version {trial}
                </Button>
                <Button
                  size="sm"
                  busy={busy}
                  onClick={() => go(current, `Every call gets version ${current} again`)}
                >
                  Call it off
                </Button>
              </>
            )}
          </div>
        </>
      ) : null}
      <p className="mt-2 text-xs text-pretty text-ink-3">
        The same person or conversation always gets the same side.
      </p>
    </div>
  )
}

function Compared({ versions, figures }: { versions: number[]; figures: readonly PromptFigure[] }) {
  return (
    <table className="mt-2 w-full text-xs">
      <thead className="text-left text-ink-3">
        <tr>
          <th className="py-1 font-normal">30 days</th>
          <th className="py-1 text-right font-normal">Calls</th>
          <th className="py-1 text-right font-normal">Failed</th>
          <th className="py-1 text-right font-normal">A call</th>
        </tr>
      </thead>
      <tbody>
        {versions.map((version) => {
          const figure = figures.find((one) => one.version === version)
          const each =
            figure && figure.calls > 0 ? BigInt(figure.costNanos) / BigInt(figure.calls) : undefined
          return (
            <tr key={version} className="border-t">
              <th className="py-1 text-left font-medium">Version {version}</th>
              <td className="py-1 text-right">{formatCount(figure?.calls ?? 0)}</td>
              <td className="py-1 text-right">{formatCount(figure?.failed ?? 0)}</td>
              <td className="py-1 text-right">{each === undefined ? '–' : <Money nanos={each} />}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
