import { Link } from '@tanstack/react-router'
import type { Prompt } from '../../app/api-types.ts'
import type { Column } from '../../ui/data-table.tsx'
import { Time } from '../../ui/time.tsx'
import { LabelChips } from './label-chips.tsx'

function PromptLink({ prompt }: { prompt: Prompt }) {
  return (
    <Link
      to="/models/prompts/$promptId"
      params={{ promptId: prompt.id }}
      data-row-primary
      className="block truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
    >
      {prompt.name}
    </Link>
  )
}

export const promptColumns: Column<Prompt>[] = [
  {
    id: 'name',
    header: 'Prompt',
    className: 'w-full max-w-0',
    cell: (prompt) => (
      <div>
        <PromptLink prompt={prompt} />
        {prompt.description === '' ? null : (
          <span className="block truncate text-sm text-ink-2">{prompt.description}</span>
        )}
      </div>
    ),
  },
  {
    id: 'folder',
    header: 'Folder',
    className: 'max-w-48 text-ink-2',
    cell: (prompt) => <span className="block truncate">{prompt.folder || '–'}</span>,
  },
  {
    id: 'labels',
    header: 'Labels',
    cell: (prompt) => (
      <span className="flex gap-1">
        <LabelChips labels={prompt.labels} />
      </span>
    ),
  },
  {
    id: 'versions',
    header: 'Versions',
    numeric: true,
    className: 'text-ink-2',
    cell: (prompt) => prompt.latestVersion,
  },
  {
    id: 'changed',
    header: 'Changed',
    numeric: true,
    className: 'whitespace-nowrap text-ink-2',
    cell: (prompt) => <Time value={prompt.updatedAt} />,
  },
]

/** A row where there is no room for columns. */
export function CompactPrompt({ prompt }: { prompt: Prompt }) {
  return (
    <div>
      <div className="flex items-baseline justify-between gap-3">
        <PromptLink prompt={prompt} />
        <Time value={prompt.updatedAt} className="shrink-0 text-sm text-ink-3" />
      </div>
      <p className="truncate text-sm text-ink-2">
        {[prompt.folder, prompt.description].filter(Boolean).join(' · ') || 'No description'}
      </p>
      <p className="mt-1 flex flex-wrap gap-1">
        <LabelChips labels={prompt.labels} />
      </p>
    </div>
  )
}
