import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { Select } from '../../ui/select.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { settingsQuery } from '../organization/queries.ts'

const times = [
  { value: '', label: 'Not at all' },
  { value: '600', label: '10 minutes' },
  { value: '3600', label: '1 hour' },
  { value: '21600', label: '6 hours' },
  { value: '86400', label: '1 day' },
]

/** For how long answers are kept that come out the same again, and their end. */
export function KeptAnswers() {
  const organization = useOrganization()
  const canUpdate = useCan('update:organization')
  const settings = useQuery(settingsQuery(organization.id))
  const save = useMutation({
    mutationFn: (seconds: string) =>
      take(
        api.PATCH('/api/v1/organizations/{id}/settings', {
          params: { path: { id: organization.id } },
          body: { responseCacheSeconds: seconds === '' ? null : Number(seconds) },
        }),
      ),
    onSuccess: (saved) => {
      queryClient.setQueryData(settingsQuery(organization.id).queryKey, saved)
      toast(saved.responseCacheSeconds === null ? 'Answers are no longer kept' : 'Answers are kept')
    },
    onError: (error) => toast.error('The setting could not be saved', { description: messageOf(error) }),
  })
  const clear = useMutation({
    mutationFn: () => api.DELETE('/api/v1/cache'),
    onSuccess: () => toast('The kept answers were thrown away'),
    onError: (error) =>
      toast.error('The answers could not be thrown away', { description: messageOf(error) }),
  })
  const seconds = String(settings.data?.responseCacheSeconds ?? '')
  const isOther = !times.some(({ value }) => value === seconds)
  return (
    <section aria-labelledby="kept-answers" className="mt-10">
      <SectionHeader title="Kept answers" id="kept-answers" />
      <p className="mt-3 max-w-[62ch] text-sm text-pretty text-ink-2">
        Chats that come out the same again (at temperature 0 or with a seed, and without tools) and embeddings
        are answered with what was answered before, for nothing. Nobody outside the organization gets them.
      </p>
      {settings.isPending ? <Skeleton className="mt-4 h-15 max-w-xs" /> : null}
      {settings.isError ? (
        <ErrorState
          error={settings.error}
          title="The setting could not be loaded"
          onRetry={() => void settings.refetch()}
          className="mt-4"
        />
      ) : null}
      {settings.isSuccess ? (
        <div className="mt-4 flex flex-wrap items-end gap-3">
          <Field label="How long answers are kept">
            {(control) => (
              <Select
                id={control.id}
                value={seconds}
                disabled={!canUpdate || save.isPending}
                onChange={(value) => save.mutate(value)}
                className="w-48 [&>select]:h-9"
                options={isOther ? [...times, { value: seconds, label: `${seconds} seconds` }] : times}
              />
            )}
          </Field>
          {canUpdate ? (
            <Button busy={clear.isPending} className="h-9" onClick={() => clear.mutate()}>
              Throw them away
            </Button>
          ) : null}
        </div>
      ) : null}
    </section>
  )
}
