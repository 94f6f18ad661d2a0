import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useCan } from '../../app/session.ts'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { projectsQuery } from './queries.ts'

/** One of the projects, or none of them. All pages are read: one that is not listed could not be chosen. */
export function ProjectSelect({
  label,
  hint,
  none,
  value,
  onChange,
}: {
  label: string
  hint?: string
  /** What it means to choose none. */
  none: string
  /** An id, or empty. */
  value: string
  onChange: (id: string) => void
}) {
  const projects = useInfiniteQuery({ ...projectsQuery(), enabled: useCan('read:projects') })
  useEffect(() => {
    if (projects.hasNextPage && !projects.isFetching) void projects.fetchNextPage()
  }, [projects])
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <Select
          id={control.id}
          value={value}
          onChange={onChange}
          className="w-full [&>select]:h-9"
          options={[
            { value: '', label: none },
            ...(projects.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
    </Field>
  )
}
