import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { refreshDocuments } from './queries.ts'

/** Reads a page or a file from the web into a collection. */
export function AddPageDialog({
  collectionId,
  onClose,
}: {
  collectionId: string | undefined
  onClose: () => void
}) {
  const [url, setUrl] = useState('')
  const add = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/documents/from-url', {
          body: { url: url.trim(), ...(collectionId === undefined ? {} : { collectionId }) },
        }),
      ),
    onSuccess: async (document) => {
      await refreshDocuments()
      toast.success(`“${document.name}” is being read`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add from the web"
      description="Of a page its article is read, without menus and notices. Files are read as what they are."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field
          label="Address"
          hint="On the public internet, where the site lets programs read it. It can be read again later."
        >
          {(control) => (
            <Input
              {...control}
              type="url"
              inputMode="url"
              placeholder="https://"
              value={url}
              required
              maxLength={2048}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <FormError error={add.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={url.trim() === ''}>
            Read it
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
