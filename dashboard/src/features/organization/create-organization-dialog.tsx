import { Dialog } from '../../ui/dialog.tsx'
import { CreateOrganizationForm } from './create-organization-form.tsx'
import { DeletedOrganizations } from './deleted-organizations.tsx'

export default function CreateOrganizationDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create an organization"
      description="It starts empty, with its own documents, members, keys and money. Nothing of your other organizations can be seen in it."
    >
      <CreateOrganizationForm onDone={onClose} onCancel={onClose} />
      <DeletedOrganizations onRestored={onClose} />
    </Dialog>
  )
}
