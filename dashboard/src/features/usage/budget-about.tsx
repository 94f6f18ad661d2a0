import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { apiKeysQuery } from '../api-keys/queries.ts'
import { modelsQuery } from '../models/queries.ts'
import { membersQuery } from '../organization/queries.ts'
import { ProjectSelect } from '../projects/project-select.tsx'
import { serviceAccountsQuery } from '../service-accounts/queries.ts'

/** Which calls a new budget is about. `who` is `kind:id`, empty for everybody; an empty project, model or tag is any. */
export interface About {
  who: string
  /** The id of a project. */
  project: string
  model: string
  tag: string
}

export const everything: About = { who: '', project: '', model: '', tag: '' }

/** As the API takes it; limits are about no project. */
export function partOf({ who, model, tag }: About) {
  const [kind, id] = who.split(':')
  return dropUndefined({
    userId: kind === 'member' ? id : undefined,
    apiKeyId: kind === 'key' ? id : undefined,
    serviceAccountId: kind === 'account' ? id : undefined,
    model: model || undefined,
    tag: tag.trim() || undefined,
  })
}

export function BudgetAbout({
  value,
  onChange,
  what = 'budget',
}: {
  value: About
  onChange: (value: About) => void
  what?: 'budget' | 'limit'
}) {
  const subjects = useSubjects()
  const models = useQuery({ ...modelsQuery, enabled: useCan('read:models') })
  return (
    <>
      <Field
        label="Whose calls"
        hint={`A member’s ${what} counts what they ask in Chat and what their own keys call.`}
      >
        {(control) => (
          <Select
            id={control.id}
            value={value.who}
            onChange={(who) => onChange({ ...value, who })}
            className="w-full [&>select]:h-9"
            options={[{ value: '', label: 'Everybody’s' }, ...subjects]}
          />
        )}
      </Field>
      {what === 'budget' ? (
        <ProjectSelect
          label="For which project"
          none="Any, and none"
          value={value.project}
          onChange={(project) => onChange({ ...value, project })}
        />
      ) : null}
      <div className="grid grid-cols-2 gap-3">
        <Field label="Of which model">
          {(control) => (
            <Select
              id={control.id}
              value={value.model}
              onChange={(model) => onChange({ ...value, model })}
              className="w-full [&>select]:h-9"
              options={[
                { value: '', label: 'Any' },
                ...(models.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          )}
        </Field>
        <Field label="With the tag">
          {(control) => (
            <Input
              {...control}
              value={value.tag}
              onChange={(event) => onChange({ ...value, tag: event.target.value })}
              placeholder="Any"
              autoComplete="off"
              maxLength={64}
              className="font-mono"
            />
          )}
        </Field>
      </div>
    </>
  )
}

/** Everybody and everything that calls. All pages are read: a choice that is not listed could not be made. */
function useSubjects(): { value: string; label: string }[] {
  const organization = useOrganization()
  const members = useInfiniteQuery({ ...membersQuery(organization.id), enabled: useCan('read:users') })
  const keys = useInfiniteQuery({ ...apiKeysQuery, enabled: useCan('read:api_keys') })
  const accounts = useInfiniteQuery({ ...serviceAccountsQuery, enabled: useCan('read:service_accounts') })
  useEffect(() => {
    for (const list of [members, keys, accounts])
      if (list.hasNextPage && !list.isFetching) void list.fetchNextPage()
  }, [members, keys, accounts])
  return [
    ...(members.data ?? []).map(({ userId, name }) => ({ value: `member:${userId}`, label: name })),
    ...(accounts.data ?? []).map(({ id, name }) => ({
      value: `account:${id}`,
      label: `Service account ${name}`,
    })),
    ...(keys.data ?? [])
      .filter(({ revokedAt }) => revokedAt === null)
      .map(({ id, name, prefix }) => ({ value: `key:${id}`, label: `Key ${name} (${prefix}…)` })),
  ]
}
