import { getRouteApi } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'

const route = getRouteApi('/app/organization/audit')

/** A kind of thing with a dot behind it: what the log filters actions by. */
const kinds = [
  { value: 'all', label: 'Everything' },
  { value: 'member.', label: 'Members' },
  { value: 'invitation.', label: 'Invitations' },
  { value: 'role.', label: 'Roles' },
  { value: 'service_account.', label: 'Service accounts' },
  { value: 'api_key.', label: 'API keys' },
  { value: 'organization.', label: 'The organization' },
  { value: 'document.', label: 'Documents' },
  { value: 'collection.', label: 'Collections' },
  { value: 'conversation.', label: 'Conversations' },
  { value: 'budget.', label: 'Budgets' },
  { value: 'guardrails.', label: 'Guardrails' },
]

const ranges = [
  { value: 'any', label: 'Any time' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: 'between', label: 'Between two days' },
] as const

/** What of the log is shown. All of it stands in the URL, and the export takes the same. */
export function AuditFilters({ actors }: { actors: readonly { value: string; label: string }[] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const set = (change: Partial<typeof search>): void =>
    void navigate({ search: (old) => ({ ...old, ...change, entry: undefined }), replace: true })
  return (
    <>
      <Select
        label="Kind of action"
        value={search.kind ?? 'all'}
        onChange={(kind) => set({ kind: kind === 'all' ? undefined : kind })}
        // A link may name one action.
        options={
          search.kind === undefined || kinds.some(({ value }) => value === search.kind)
            ? kinds
            : [...kinds, { value: search.kind, label: search.kind }]
        }
        className="max-md:flex-1"
      />
      <Select
        label="By whom"
        value={search.actor ?? 'all'}
        onChange={(actor) => set({ actor: actor === 'all' ? undefined : actor })}
        options={[
          { value: 'all', label: 'By anybody' },
          ...actors,
          ...(search.actor === undefined || actors.some(({ value }) => value === search.actor)
            ? []
            : [{ value: search.actor, label: 'One actor' }]),
        ]}
        className="max-w-52 max-md:flex-1"
      />
      <Select
        label="When"
        value={search.range ?? 'any'}
        onChange={(range) =>
          set({
            range: range === 'any' ? undefined : range,
            ...(range === 'between' ? {} : { from: undefined, to: undefined }),
          })
        }
        options={ranges}
        className="max-md:flex-1"
      />
      {search.range === 'between' ? (
        <span className="flex items-center gap-2 text-sm text-ink-2 max-md:w-full">
          <Input
            type="date"
            aria-label="From the day"
            value={search.from ?? ''}
            onChange={(event) => set({ from: event.target.value || undefined })}
            className="h-8 w-36 text-sm max-md:h-10 max-md:flex-1"
          />
          to
          <Input
            type="date"
            aria-label="To the day"
            value={search.to ?? ''}
            onChange={(event) => set({ to: event.target.value || undefined })}
            className="h-8 w-36 text-sm max-md:h-10 max-md:flex-1"
          />
        </span>
      ) : null}
      {search.request ? (
        <Button
          aria-label="Show the entries of every request"
          onClick={() => set({ request: undefined })}
          className="font-normal"
        >
          Request <span className="font-mono text-xs">{search.request.slice(0, 8)}…</span> <X />
        </Button>
      ) : null}
    </>
  )
}
