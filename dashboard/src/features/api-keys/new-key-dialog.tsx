import type { ReactNode } from 'react'
import type { CreatedApiKey } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { CopyLine } from '../../ui/copy-line.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { CallSnippets } from './call-snippets.tsx'

/** A key, this once. */
export function NewKeyDialog({
  created,
  title,
  note,
  onClose,
}: {
  created: CreatedApiKey
  title: string
  note?: ReactNode
  onClose: () => void
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description="Copy the key now. Only its fingerprint is kept, so it cannot be shown again; a lost key is revoked and made anew."
      className="max-w-2xl"
    >
      <div className="flex items-center gap-2 rounded-md border border-accent-line bg-accent-soft py-2 pr-2 pl-3">
        <code data-testid="new-api-key" className="min-w-0 flex-1 font-mono text-sm break-all select-all">
          {created.key}
        </code>
        <CopyButton value={created.key} label="Copy the key" withText />
      </div>
      {note ? <p className="mt-3 text-sm text-pretty text-ink-2">{note}</p> : null}
      {provisions(created) ? (
        <div className="mt-5">
          <CopyLine
            label="SCIM address"
            value={`${window.location.origin}/scim/v2`}
            hint="Enter it at your identity provider, with the key as its token."
          />
        </div>
      ) : (
        <>
          <h3 className="mt-5 text-sm font-medium">Try it</h3>
          <CallSnippets apiKey={created.key} />
        </>
      )}
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          I have copied it
        </Button>
      </DialogActions>
    </Dialog>
  )
}

/** Whether it is for an identity provider: it can call no model. */
function provisions({ scopes }: CreatedApiKey): boolean {
  return scopes?.length === 1 && scopes[0] === 'manage:provisioning'
}
