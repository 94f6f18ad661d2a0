import { useMutation } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, messageOf } from '../../app/api.ts'
import type { Prompt, PromptLabelMove } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { Time } from '../../ui/time.tsx'
import { useMoveLabel } from './deploy-panel.tsx'
import { production } from './label-chips.tsx'
import { refreshPrompts } from './queries.ts'

/** Labels beside production, and where all of them have stood. */
export function LabelsPanel({
  prompt,
  shown,
  moves,
}: {
  prompt: Prompt
  shown: number
  moves: readonly PromptLabelMove[]
}) {
  const canManage = useCan('manage:prompts') && prompt.archivedAt === null
  const move = useMoveLabel(prompt)
  const [adding, setAdding] = useState<string>()
  const remove = useMutation({
    mutationFn: (label: string) =>
      api.DELETE('/api/v1/prompts/{id}/labels/{label}', { params: { path: { id: prompt.id, label } } }),
    onError: (error) => toast.error('The label is still there', { description: messageOf(error) }),
    onSettled: refreshPrompts,
  })
  const others = prompt.labels.filter(({ label }) => label !== production)
  return (
    <section aria-labelledby="labels" className="border-b py-5">
      <div className="flex min-h-8 items-center justify-between">
        <h2 id="labels" className="text-base font-semibold">
          Other labels
        </h2>
        {canManage && adding === undefined ? (
          <Button variant="ghost" size="sm" onClick={() => setAdding('')}>
            <Plus /> Add
          </Button>
        ) : null}
      </div>
      {others.length === 0 && adding === undefined ? (
        <p className="text-sm text-pretty text-ink-2">
          None. A label such as staging lets a call name a version that you can move later.
        </p>
      ) : null}
      <ul>
        {others.map(({ label, version }) => (
          <li key={label} className="flex min-h-9 items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 truncate">
              <span className="font-medium">{label}</span>{' '}
              <span className="text-ink-2">on version {version}</span>
            </span>
            {canManage ? (
              <>
                {version === shown ? null : (
                  <Button
                    size="sm"
                    variant="ghost"
                    busy={move.isPending}
                    onClick={() =>
                      move.mutate({
                        label,
                        version: shown,
                        expectedVersion: version,
                        done: `${label} stands on version ${shown}`,
                      })
                    }
                  >
                    Move to {shown}
                  </Button>
                )}
                <Button
                  size="icon-sm"
                  variant="ghost"
                  aria-label={`Take off the label ${label}`}
                  onClick={() => remove.mutate(label)}
                >
                  <X />
                </Button>
              </>
            ) : null}
          </li>
        ))}
      </ul>
      {adding === undefined ? null : (
        <form
          className="mt-1 flex gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            move.mutate(
              {
                label: adding,
                version: shown,
                expectedVersion: null,
                done: `${adding} stands on version ${shown}`,
              },
              { onSuccess: () => setAdding(undefined) },
            )
          }}
        >
          <Input
            aria-label="Name of the label"
            value={adding}
            autoFocus
            required
            pattern="[a-z][a-z0-9_\-]{0,39}"
            title="Small letters, digits, _ and -, beginning with a letter"
            placeholder="staging"
            autoComplete="off"
            onChange={(event) => setAdding(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && setAdding(undefined)}
          />
          <Button type="submit" busy={move.isPending} className="h-9 max-md:h-11">
            Put on {shown}
          </Button>
        </form>
      )}
      {moves.length === 0 ? null : (
        <details className="mt-3">
          <summary className="w-fit rounded-sm text-sm text-ink-2 hover:text-ink">
            Where they have stood
          </summary>
          <ol className="mt-2 flex flex-col gap-1.5 text-xs text-ink-2">
            {moves.map((one) => (
              <li key={one.id}>
                <span className="font-medium text-ink">{one.label}</span> {sentenceOf(one)} ·{' '}
                {one.movedBy?.name ?? 'a program'}, <Time value={one.movedAt} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  )
}

function sentenceOf({ from, to, canary }: PromptLabelMove): string {
  const trial = canary === null ? '' : `, ${canary.percent} % on ${canary.version}`
  if (to === null) return `taken off ${from ?? ''}`
  if (from === null) return `put on ${to}${trial}`
  if (from === to) return canary === null ? `on ${to} for all calls` : `on ${to}${trial}`
  return `moved from ${from} to ${to}${trial}`
}
