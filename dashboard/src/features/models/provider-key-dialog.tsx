import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { ProviderKey } from '../../app/api-types.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { FormError } from '../auth/form-error.tsx'

type Kind = 'openrouter' | 'openai' | 'own'

const listOf = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '')

export function ProviderKeyDialog({ row, onClose }: { row: ProviderKey | null; onClose: () => void }) {
  const [kind, setKind] = useState<Kind>(row?.baseUrl ? 'own' : 'openrouter')
  const [server, setServer] = useState(row?.provider ?? '')
  const [baseUrl, setBaseUrl] = useState('')
  const [models, setModels] = useState(row?.models.join(', ') ?? '')
  const [name, setName] = useState(row?.name ?? '')
  const [key, setKey] = useState('')
  const [weight, setWeight] = useState(row?.weight ?? 1)
  const [perMinute, setPerMinute] = useState(row?.requestsPerMinute?.toString() ?? '')
  const [counts, setCounts] = useState(row?.countsInBudgets ?? false)
  const countsId = useId()
  const isOwn = kind === 'own'
  const save = useMutation({
    mutationFn: () => {
      const secret = key.trim() === '' ? undefined : key.trim()
      const body = {
        name: name.trim(),
        weight,
        requestsPerMinute: perMinute === '' ? null : Number(perMinute),
        countsInBudgets: counts,
        models: isOwn ? listOf(models) : [],
        ...dropUndefined({ key: secret }),
      }
      if (row)
        return take(api.PATCH('/api/v1/provider-keys/{id}', { params: { path: { id: row.id } }, body }))
      const place = isOwn ? { provider: server.trim(), baseUrl: baseUrl.trim() } : { provider: kind }
      return take(api.POST('/api/v1/provider-keys', { body: { ...body, ...place } }))
    },
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: ['models'] })
      toast(row ? `“${saved.name}” was changed` : `“${saved.name}” is in use`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={row ? `Change “${row.name}”` : 'Bring a key of your own'}
      description="Calls of this organization to that provider are made with it alone, and the provider bills you directly."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        {row ? null : (
          <Segmented<Kind>
            label="Provider"
            value={kind}
            onChange={setKind}
            options={[
              { value: 'openrouter', label: 'OpenRouter' },
              { value: 'openai', label: 'OpenAI' },
              { value: 'own', label: 'Your own server' },
            ]}
          />
        )}
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              value={name}
              required
              maxLength={100}
              placeholder="Production"
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {isOwn && !row ? (
          <>
            <Field
              label="Name of the server"
              hint="Small letters, digits and -. Models are called server/model."
            >
              {(control) => (
                <Input
                  {...control}
                  value={server}
                  required
                  pattern="[a-z][a-z0-9\-]+"
                  maxLength={40}
                  placeholder="our-server"
                  autoComplete="off"
                  onChange={(event) => setServer(event.target.value)}
                />
              )}
            </Field>
            <Field label="Base URL" hint="Of a server that speaks OpenAI’s protocol, with its version.">
              {(control) => (
                <Input
                  {...control}
                  type="url"
                  value={baseUrl}
                  required
                  placeholder="https://models.example.com/v1"
                  autoComplete="off"
                  onChange={(event) => setBaseUrl(event.target.value)}
                />
              )}
            </Field>
          </>
        ) : null}
        {isOwn ? (
          <Field label="Models it serves" hint="Separated by commas.">
            {(control) => (
              <Input
                {...control}
                value={models}
                required
                placeholder="llama-3.3-70b"
                autoComplete="off"
                onChange={(event) => setModels(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        <Field
          label={row?.lastFour ? 'Another key' : 'Key'}
          hint={
            row?.lastFour
              ? `Leave it empty to keep the one that ends in ${row.lastFour}.`
              : isOwn
                ? 'Stored encrypted and never shown again. Leave it empty for a server that asks for none.'
                : 'Stored encrypted and never shown again.'
          }
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              value={key}
              required={!isOwn && !row}
              autoComplete="off"
              className="font-mono"
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        <div className="grid grid-cols-2 gap-4">
          <Field label="Weight" hint="Its share among your keys of this provider.">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={1000}
                value={weight}
                onChange={(event) => setWeight(Math.max(1, Number(event.target.value)))}
              />
            )}
          </Field>
          <Field label="Calls a minute" hint="Empty for no limit of yours.">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                value={perMinute}
                onChange={(event) => setPerMinute(event.target.value)}
              />
            )}
          </Field>
        </div>
        <label htmlFor={countsId} className="flex items-start gap-2.5 text-sm">
          <Checkbox
            id={countsId}
            checked={counts}
            onChange={(event) => setCounts(event.target.checked)}
            className="mt-0.5"
          />
          <span>
            Count its calls in the budgets
            <span className="block text-xs text-ink-3">
              What they cost is recorded either way, as paid by your organization itself.
            </span>
          </span>
        </label>
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
            {row ? 'Save' : 'Use this key'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
