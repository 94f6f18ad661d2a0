import type { SentInvitation } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { CopyLine } from '../../ui/copy-line.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'

/** On a server without a mail server: the link that no letter brings, this once. */
export function InvitationLinkDialog({
  invitation,
  onClose,
}: {
  invitation: Pick<SentInvitation, 'email'> & { link: string }
  onClose: () => void
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${invitation.email} is invited`}
      description="This server has no mail server, so no letter reaches them. Hand them this link yourself: it is shown this once."
    >
      <CopyLine
        label="Link of the invitation"
        value={invitation.link}
        hint={`It works once, for seven days, for an account with the address ${invitation.email}. Whoever has the link can make that account: send it to nobody else.`}
      />
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          I have copied it
        </Button>
      </DialogActions>
    </Dialog>
  )
}
