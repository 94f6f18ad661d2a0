import { Play, Square } from 'lucide-react'
import type { PromptVersionSummary } from '../../app/api-types.ts'
import { formatCount, formatDuration } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Money } from '../../ui/money.tsx'
import { Select } from '../../ui/select.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { useChatModels } from '../models/queries.ts'
import type { Run } from './run.ts'
import type { Side } from './setup.ts'

const own = ''

/** One side: who answers, the answer as it comes, and what it took. */
export function RunPanel({
  name,
  side,
  onSide,
  versions,
  promptModel,
  run,
  onRun,
  onStop,
  canRun,
}: {
  name: string
  side: Side
  onSide: (side: Side) => void
  /** Of the prompt, where one is tried. */
  versions: readonly PromptVersionSummary[] | null
  promptModel: string | null
  run: Run
  onRun: () => void
  onStop: () => void
  canRun: boolean
}) {
  const models = useChatModels()
  const fallback = promptModel ?? models.default?.name
  return (
    <section aria-label={name} className="flex min-w-0 flex-col rounded-md border bg-raised">
      <header className="flex flex-wrap items-center gap-2 border-b px-3 py-2">
        <Select
          label={`Model of ${name}`}
          value={side.model ?? own}
          options={[
            {
              value: own,
              label: fallback ? `${promptModel ? 'The prompt’s' : 'Default'}: ${fallback}` : 'Default',
            },
            ...models.chat.map((model) => ({ value: model.id, label: model.name })),
          ]}
          onChange={(model) => onSide({ ...side, model: model === own ? null : model })}
          className="max-w-full min-w-0"
        />
        {versions && side.version !== null ? (
          <Select
            label={`Version of ${name}`}
            value={String(side.version)}
            options={versions.map(({ number }) => ({ value: String(number), label: `Version ${number}` }))}
            onChange={(version) => onSide({ ...side, version: Number(version) })}
          />
        ) : null}
        <span className="ml-auto">
          {run.phase === 'running' ? (
            <Button size="sm" onClick={onStop}>
              <Square className="!size-3 fill-current" /> Stop
            </Button>
          ) : (
            <Button size="sm" disabled={!canRun} onClick={onRun} aria-label={`Run ${name}`}>
              <Play /> Run
            </Button>
          )}
        </span>
      </header>
      <div className="min-h-48 flex-1 px-4 py-3" aria-live="polite" aria-busy={run.phase === 'running'}>
        {run.phase === 'idle' ? (
          <p className="text-sm text-pretty text-ink-3">The answer comes here, as it is written.</p>
        ) : null}
        {run.phase === 'running' && run.text === '' && run.toolCalls.length === 0 ? (
          <p className="animate-breathe text-sm text-ink-3">Waiting for the first word…</p>
        ) : null}
        {run.text === '' ? null : (
          <div className="group relative">
            <p className="text-base leading-6 [overflow-wrap:anywhere] whitespace-pre-wrap">{run.text}</p>
          </div>
        )}
        {run.toolCalls.map((call, place) => (
          <Snippet
            // Calls of one answer keep their places.
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            key={place}
            code={`${call.name}(${call.arguments})`}
            label={`the call of ${call.name}`}
            className="mt-2"
          />
        ))}
        {run.phase === 'stopped' ? <p className="mt-2 text-sm text-ink-3">Stopped.</p> : null}
        {run.phase === 'failed' ? (
          <ErrorState error={run.error} title="There is no whole answer" className="mt-2" />
        ) : null}
      </div>
      <Receipt run={run} />
    </section>
  )
}

/** Holds its place from the beginning, so that the end moves nothing. */
function Receipt({ run }: { run: Run }) {
  const { record } = run
  const facts =
    record === null
      ? []
      : ([
          ['Read', `${formatCount(record.promptTokens)} tokens`],
          ['Written', `${formatCount(record.completionTokens)} tokens`],
          ['Cost', <Money key="cost" nanos={record.costNanos} />],
          [
            'First word',
            record.timeToFirstTokenMs === null ? '–' : formatDuration(record.timeToFirstTokenMs),
          ],
          ['Whole', formatDuration(record.latencyMs)],
        ] as const)
  return (
    <footer className="flex min-h-14 items-center gap-3 border-t px-4 py-2">
      {facts.length === 0 ? (
        <p className="text-xs text-ink-3">
          {run.phase === 'running'
            ? 'Tokens, cost and times when it is done.'
            : 'Each run is a call: it costs what it uses.'}
        </p>
      ) : (
        <dl className="flex flex-1 flex-wrap gap-x-5 gap-y-1 text-xs">
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt className="text-ink-3">{term}</dt>
              <dd className="font-medium">{value}</dd>
            </div>
          ))}
          <div>
            <dt className="text-ink-3">Answered by</dt>
            <dd className="font-medium">
              {record?.model}
              {run.prompt === null ? '' : `, ${run.prompt}`}
            </dd>
          </div>
        </dl>
      )}
      {run.text === '' ? null : <CopyButton value={run.text} label="Copy the answer" />}
    </footer>
  )
}
