import type { PromptVersion } from '../../app/api-types.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { roleNames } from './template.ts'
import { TemplatePieces } from './template-textarea.tsx'

/** One version as it is. */
export function VersionView({ version }: { version: PromptVersion }) {
  const { temperature, max_tokens, ...others } = version.parameters
  const facts = [
    ['Model', version.model ?? 'the organization’s default'],
    ['Temperature', temperature === undefined ? 'the model’s own' : String(temperature)],
    ['Longest answer', max_tokens === undefined ? 'up to 4,096 tokens' : `${max_tokens} tokens`],
  ]
  return (
    <div className="flex flex-col gap-8">
      <section aria-labelledby="messages">
        <SectionHeader id="messages" title="Messages" />
        <ol className="mt-1 border-t border-line-strong">
          {version.messages.map((message, place) => (
            // Messages of a version never move.
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <li key={place} className="group border-b py-3">
              <div className="flex h-7 items-center justify-between gap-2">
                <h3 className="text-xs font-medium text-ink-3">{roleNames[message.role]}</h3>
                <CopyButton value={message.content} label={`Copy message ${place + 1}`} />
              </div>
              <p className="font-mono text-sm leading-6 [overflow-wrap:anywhere] whitespace-pre-wrap">
                <TemplatePieces source={message.content} shown />
              </p>
            </li>
          ))}
        </ol>
      </section>
      <section aria-labelledby="variables">
        <SectionHeader id="variables" title="Variables" />
        {version.variables.length === 0 ? (
          <p className="mt-1 border-t border-line-strong pt-3 text-sm text-ink-2">
            None: every call gets the same words.
          </p>
        ) : (
          <ul className="mt-1 border-t border-line-strong">
            {version.variables.map(({ name, default: standIn, description }) => (
              <li
                key={name}
                className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 border-b py-2 text-sm"
              >
                <code className="w-40 truncate font-mono text-accent-ink">{name}</code>
                <span className="min-w-0 flex-1 text-ink-2">
                  {standIn === null ? (
                    'A call must say it'
                  ) : (
                    <>
                      else “<span className="text-ink">{standIn}</span>”
                    </>
                  )}
                  {description === '' ? '' : ` · ${description}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="model">
        <SectionHeader id="model" title="Model and parameters" />
        <dl className="mt-1 flex flex-wrap gap-x-10 gap-y-2 border-t border-line-strong pt-3 text-sm">
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt className="text-xs text-ink-3">{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {Object.keys(others).length === 0 ? null : (
          <Snippet code={JSON.stringify(others, null, 2)} label="the other parameters" className="mt-3" />
        )}
      </section>
    </div>
  )
}

/** In the shape of the above. */
export function VersionSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-5 w-28" />
      <div className="mt-3 border-t border-line-strong pt-4">
        <Skeleton className="w-16" />
        <Skeleton className="mt-3 w-11/12" />
        <Skeleton className="mt-2 w-4/5" />
        <Skeleton className="mt-2 w-2/3" />
      </div>
      <Skeleton className="mt-10 h-5 w-24" />
      <div className="mt-3 border-t border-line-strong pt-4">
        <Skeleton className="w-1/2" />
      </div>
    </div>
  )
}
