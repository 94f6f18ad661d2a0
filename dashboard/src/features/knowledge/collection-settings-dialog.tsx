import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { Collection } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { FormError } from '../auth/form-error.tsx'
import { customRolesQuery, membersQuery } from '../organization/queries.ts'
import { collectionsQuery, refreshDocuments } from './queries.ts'

type Readers = Collection['readers']

/** What a collection is called, how long its passages are, and who reads it. */
export function CollectionSettingsDialog({
  collection,
  onClose,
}: {
  collection: Collection
  onClose: () => void
}) {
  const mayRestrict = useCan('manage:users')
  const [name, setName] = useState(collection.name)
  const [target, setTarget] = useState(String(collection.targetTokens))
  const [overlap, setOverlap] = useState(String(collection.overlapTokens))
  const [access, setAccess] = useState(collection.access)
  const [readers, setReaders] = useState(collection.readers)
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/collections/{id}', {
          params: { path: { id: collection.id } },
          body: {
            name: name.trim(),
            targetTokens: Number(target),
            overlapTokens: Number(overlap),
            ...(mayRestrict ? { access, readers } : {}),
          },
        }),
      ),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: collectionsQuery.queryKey }),
        refreshDocuments(),
      ])
      toast.success('Collection saved')
      onClose()
    },
  })
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Collection settings">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              value={name}
              required
              maxLength={120}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Passage size" hint="In tokens, 60 to 1000. A new size reads the documents anew.">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={60}
                max={1000}
                value={target}
                required
                onChange={(event) => setTarget(event.target.value)}
              />
            )}
          </Field>
          <Field label="Overlap" hint="What is said again from the passage before; half the size at most.">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={0}
                max={Math.floor(Number(target) / 2)}
                value={overlap}
                required
                onChange={(event) => setOverlap(event.target.value)}
              />
            )}
          </Field>
        </div>
        {mayRestrict ? (
          <section aria-label="Who reads it" className="flex flex-col gap-2">
            <p className="text-sm font-medium">Who reads it</p>
            <Segmented
              label="Who reads it"
              value={access}
              onChange={setAccess}
              options={[
                { value: 'organization', label: 'Everybody' },
                { value: 'restricted', label: 'Only some' },
              ]}
              className="self-start"
            />
            {access === 'restricted' ? <ReaderPicker value={readers} onChange={setReaders} /> : null}
          </section>
        ) : null}
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

const builtIn = [
  { id: 'admin', label: 'Admins' },
  { id: 'member', label: 'Members' },
] as const

function ReaderPicker({ value, onChange }: { value: Readers; onChange: (value: Readers) => void }) {
  const { id } = useOrganization()
  const members = useInfiniteQuery(membersQuery(id))
  const { data: roles = [] } = useQuery(customRolesQuery(id))
  return (
    <div className="max-h-56 overflow-y-auto rounded-md border px-3 py-1.5">
      <p className="py-1 text-xs text-ink-3">Owners always read it.</p>
      {builtIn.map((role) => (
        <Choice
          key={role.id}
          label={role.label}
          chosen={value.roles.includes(role.id)}
          onToggle={() => onChange({ ...value, roles: toggled(value.roles, role.id) })}
        />
      ))}
      {roles.map((role) => (
        <Choice
          key={role.id}
          label={role.name}
          chosen={value.customRoleIds.includes(role.id)}
          onToggle={() => onChange({ ...value, customRoleIds: toggled(value.customRoleIds, role.id) })}
        />
      ))}
      <hr className="my-1.5" />
      {(members.data ?? []).map((member) => (
        <Choice
          key={member.userId}
          label={member.name || member.email}
          chosen={value.userIds.includes(member.userId)}
          onToggle={() => onChange({ ...value, userIds: toggled(value.userIds, member.userId) })}
        />
      ))}
      {members.hasNextPage ? (
        <Button size="sm" variant="ghost" onClick={() => void members.fetchNextPage()}>
          Show more people
        </Button>
      ) : null}
    </div>
  )
}

function Choice({ label, chosen, onToggle }: { label: string; chosen: boolean; onToggle: () => void }) {
  const id = useId()
  return (
    <div className="flex items-center gap-2.5 text-sm">
      <Checkbox id={id} checked={chosen} onChange={onToggle} />
      <label htmlFor={id} className="min-w-0 flex-1 cursor-pointer truncate py-1 max-md:py-2">
        {label}
      </label>
    </div>
  )
}

function toggled<Value extends string>(values: readonly Value[], value: Value): Value[] {
  return values.includes(value) ? values.filter((one) => one !== value) : [...values, value]
}
