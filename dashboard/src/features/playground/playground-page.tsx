import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Code, Columns2, FilePen, Play } from 'lucide-react'
import { useState } from 'react'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { cn } from '../../ui/cn.ts'
import { Field } from '../../ui/field.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { ModelsHeader } from '../models/models-header.tsx'
import { MessagesEditor } from '../prompts/messages-editor.tsx'
import { NewPromptDialog } from '../prompts/prompt-dialogs.tsx'
import { promptQuery, versionQuery, versionsQuery } from '../prompts/queries.ts'
import { variablesIn } from '../prompts/template.ts'
import { TemplateTextarea } from '../prompts/template-textarea.tsx'
import { NumberField } from '../prompts/version-fields.tsx'
import { CodeDialog } from './code-dialog.tsx'
import { PromptMessages, PromptPicker } from './prompt-source.tsx'
import { useRun } from './run.ts'
import { RunPanel } from './run-panel.tsx'
import { bodyOf, type Setup, type Side, setupFor, versionOf } from './setup.ts'

const route = getRouteApi('/app/models/playground')

/** A place to try a model or a prompt, and two of them against each other. */
export function PlaygroundPage() {
  useTitle('Playground')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canSave = useCan('manage:prompts')
  const [setup, setSetup] = useState<Setup>(() => setupFor(search.prompt))
  const [models, setModels] = useState<[string | null, string | null]>([null, null])
  const [otherVersion, setOtherVersion] = useState<number>()
  const [comparing, setComparing] = useState(false)
  const [dialog, setDialog] = useState<'save' | 'code'>()
  const [first, second] = [useRun(), useRun()]

  const promptId = search.prompt
  const prompt = useQuery({ ...promptQuery(promptId ?? ''), enabled: promptId !== undefined })
  const versions = useInfiniteQuery({ ...versionsQuery(promptId ?? ''), enabled: promptId !== undefined })
  const number = search.version ?? prompt.data?.latestVersion ?? 0
  const version = useQuery({
    ...versionQuery(promptId ?? '', number),
    enabled: promptId !== undefined && number > 0,
  })
  const used =
    promptId !== undefined && prompt.data && version.data
      ? { prompt: prompt.data, version: version.data }
      : null
  const loading = promptId !== undefined && used === null && !prompt.isError && !version.isError

  const other = useQuery({
    ...versionQuery(promptId ?? '', otherVersion ?? number),
    enabled: comparing && used !== null,
  })
  const secondUsed = comparing && used ? (other.data ?? used.version) : used?.version
  const change = (part: Partial<Setup>) => setSetup((old) => ({ ...old, ...part }))
  const sides: Side[] = [
    { model: models[0], version: used ? number : null },
    { model: models[1], version: used ? (otherVersion ?? number) : null },
  ].slice(0, comparing ? 2 : 1)
  const brought = used && secondUsed ? [...used.version.variables, ...secondUsed.variables] : []
  const variables = used ? [...new Set(brought.map(({ name }) => name))] : variablesIn(setup.messages)
  const written = setup.messages.some(({ content }) => content.trim() !== '')
  const canRun = !loading && (used !== null || written)
  const runs = [first, second]
  const bodyFor = (side: Side) => bodyOf(setup, side, used && { name: used.prompt.name, variables })

  function start(place: number): void {
    const side = sides[place]
    if (side && canRun) runs[place]?.start(bodyFor(side))
  }
  const startAll = (): void => {
    for (const place of sides.keys()) start(place)
  }

  function changeSide(place: number, side: Side): void {
    setModels(([one, other]) => (place === 0 ? [side.model, other] : [one, side.model]))
    if (side.version === null) return
    if (place === 1) setOtherVersion(side.version)
    else if (side.version !== number)
      void navigate({ search: { prompt: promptId, version: side.version }, replace: true })
  }

  return (
    <Page wide>
      <ModelsHeader
        actions={
          <>
            <Button aria-pressed={comparing} onClick={() => setComparing(!comparing)}>
              <Columns2 /> {comparing ? 'One only' : 'Compare two'}
            </Button>
            <Button disabled={!canRun} onClick={() => setDialog('code')}>
              <Code /> Copy as code
            </Button>
            {canSave && used === null ? (
              <Button disabled={!written} onClick={() => setDialog('save')}>
                <FilePen /> Save as prompt
              </Button>
            ) : null}
          </>
        }
      />
      <div
        className={cn(
          'mt-6 grid items-start gap-6',
          comparing ? '@5xl:grid-cols-[22rem_minmax(0,1fr)]' : '@4xl:grid-cols-2',
        )}
      >
        <form
          aria-label="What is sent"
          className="@container flex min-w-0 flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault()
            startAll()
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
              event.preventDefault()
              startAll()
            }
          }}
        >
          <PromptPicker
            value={prompt.data}
            onChange={(id) => {
              setOtherVersion(undefined)
              void navigate({ search: { prompt: id }, replace: true })
              const { messages, variables: none } = setupFor(id)
              change({ messages, variables: none })
            }}
          />
          {prompt.isError || version.isError ? (
            <ErrorState
              error={prompt.error ?? version.error}
              title="The prompt could not be loaded"
              onRetry={() => void (prompt.isError ? prompt.refetch() : version.refetch())}
            />
          ) : null}
          {loading ? <Skeleton className="h-10 w-full" /> : null}
          {used ? <PromptMessages {...used} /> : null}
          {variables.length === 0 ? null : (
            <fieldset className="flex flex-col gap-3">
              <legend className="mb-2 text-sm font-medium">Variables</legend>
              {variables.map((name) => (
                <Field key={name} label={<code className="font-mono text-accent-ink">{name}</code>}>
                  {(control) => (
                    <TemplateTextarea
                      {...control}
                      rows={1}
                      value={setup.variables[name] ?? ''}
                      placeholder={brought.find((one) => one.name === name)?.default ?? ''}
                      onChange={(event) =>
                        change({ variables: { ...setup.variables, [name]: event.target.value } })
                      }
                    />
                  )}
                </Field>
              ))}
            </fieldset>
          )}
          <section aria-labelledby="own-messages">
            <SectionHeader id="own-messages" title={used ? 'Messages after it' : 'Messages'} />
            <div className="mt-1 border-t border-line-strong pt-3">
              <MessagesEditor messages={setup.messages} onChange={(messages) => change({ messages })} />
            </div>
          </section>
          <div className="grid grid-cols-2 gap-4">
            <NumberField
              label="Temperature"
              max={2}
              step={0.1}
              value={setup.parameters.temperature}
              onChange={(temperature) => change({ parameters: withPart(setup, 'temperature', temperature) })}
            />
            <NumberField
              label="Longest answer, tokens"
              min={1}
              step={1}
              value={setup.parameters.max_tokens}
              onChange={(tokens) => change({ parameters: withPart(setup, 'max_tokens', tokens) })}
            />
          </div>
          <Button type="submit" variant="primary" disabled={!canRun} className="self-start">
            <Play /> {comparing ? 'Run both' : 'Run'} <Kbd keys="mod+enter" inverse />
          </Button>
        </form>
        <div className={cn('grid min-w-0 gap-4', comparing && '@3xl:grid-cols-2')}>
          {sides.map((side, place) => (
            <RunPanel
              // Sides have no identity but their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              key={place}
              name={comparing ? (place === 0 ? 'the first' : 'the second') : 'the answer'}
              side={side}
              onSide={(next) => changeSide(place, next)}
              versions={used ? (versions.data ?? null) : null}
              promptModel={(place === 0 ? used?.version : secondUsed)?.model ?? null}
              run={(runs[place] ?? first).run}
              onRun={() => start(place)}
              onStop={() => runs[place]?.stop()}
              canRun={canRun}
            />
          ))}
        </div>
      </div>
      {dialog === 'code' && sides[0] ? (
        <CodeDialog body={bodyFor(sides[0])} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'save' && sides[0] ? (
        <NewPromptDialog
          version={versionOf(setup, sides[0])}
          onClose={() => setDialog(undefined)}
          onCreated={({ id }) => void navigate({ to: '/models/prompts/$promptId', params: { promptId: id } })}
        />
      ) : null}
    </Page>
  )
}

function withPart(
  { parameters: { ...rest } }: Setup,
  name: 'temperature' | 'max_tokens',
  value: number | undefined,
): Setup['parameters'] {
  delete rest[name]
  return value === undefined ? rest : { ...rest, [name]: value }
}
