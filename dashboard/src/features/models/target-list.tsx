import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { useRef } from 'react'
import type { Model } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'

export interface Target {
  model: string
  weight: number
  timeoutMs: number | null
}

/** The models of a route in their order. Buttons move them, so that it works with a thumb and a keyboard alike. */
export function TargetList({
  targets,
  models,
  weighted,
  onChange,
}: {
  targets: readonly Target[]
  models: readonly Model[]
  weighted: boolean
  onChange: (targets: Target[]) => void
}) {
  const list = useRef<HTMLOListElement>(null)
  const move = (from: number, to: number): void => {
    const next = [...targets]
    const [moved] = next.splice(from, 1)
    if (!moved) return
    next.splice(to, 0, moved)
    onChange(next)
    // The focus goes along, so that one key can be pressed again.
    const way = to < from ? 'up' : 'down'
    requestAnimationFrame(() => {
      const row = list.current?.children[to]
      const again = row?.querySelector<HTMLButtonElement>(`[data-way=${way}]:not(:disabled)`)
      const other = row?.querySelector<HTMLButtonElement>('[data-way]:not(:disabled)')
      ;(again ?? other)?.focus()
    })
  }
  const change = (index: number, fields: Partial<Target>): void =>
    onChange(targets.map((target, at) => (at === index ? { ...target, ...fields } : target)))
  const left = models.filter(({ id }) => !targets.some(({ model }) => model === id))
  return (
    <fieldset>
      <legend className="text-sm font-medium">Models</legend>
      <ol ref={list} className="mt-1.5 border-t">
        {targets.map((target, index) => (
          <li key={target.model} className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b py-1.5">
            <span className="w-4 text-right text-sm text-ink-3 tabular-nums">{index + 1}</span>
            <span
              className="min-w-0 flex-1 truncate font-mono text-sm max-md:basis-[calc(100%-1.5rem)]"
              title={target.model}
            >
              {target.model}
            </span>
            {weighted ? (
              <span className="flex items-center gap-1.5 text-xs text-ink-3">
                <span aria-hidden>Weight</span>
                <Input
                  aria-label={`Weight of ${target.model}`}
                  type="number"
                  min={1}
                  max={1000}
                  value={target.weight}
                  onChange={(event) => change(index, { weight: Math.max(1, Number(event.target.value)) })}
                  className="h-7 w-16 text-sm"
                />
              </span>
            ) : null}
            <span className="flex items-center gap-1.5 text-xs text-ink-3">
              <span aria-hidden>Wait, s</span>
              <Input
                aria-label={`Longest wait for ${target.model}, in seconds`}
                type="number"
                min={0.1}
                max={600}
                step={0.1}
                value={target.timeoutMs === null ? '' : target.timeoutMs / 1000}
                placeholder="–"
                onChange={(event) => {
                  const seconds = Number(event.target.value)
                  change(index, { timeoutMs: seconds > 0 ? Math.max(100, Math.round(seconds * 1000)) : null })
                }}
                className="h-7 w-16 text-sm"
              />
            </span>
            <span className="flex">
              <Button
                variant="ghost"
                size="icon-sm"
                data-way="up"
                aria-label={`Move ${target.model} up`}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              >
                <ArrowUp />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                data-way="down"
                aria-label={`Move ${target.model} down`}
                disabled={index === targets.length - 1}
                onClick={() => move(index, index + 1)}
              >
                <ArrowDown />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Take ${target.model} off the list`}
                onClick={() => onChange(targets.filter((_, at) => at !== index))}
              >
                <X />
              </Button>
            </span>
          </li>
        ))}
      </ol>
      {left.length > 0 && targets.length < 10 ? (
        <Select
          label="Add a model"
          value=""
          onChange={(model) => {
            if (model !== '') onChange([...targets, { model, weight: 1, timeoutMs: null }])
          }}
          options={[
            { value: '', label: targets.length === 0 ? 'Choose a model' : 'Add another model' },
            ...left.map(({ id }) => ({ value: id, label: id })),
          ]}
          className="mt-2 w-full"
        />
      ) : null}
    </fieldset>
  )
}
