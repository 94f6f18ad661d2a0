import { ChevronsUpDown, Plus } from 'lucide-react'
import { toast } from 'sonner'
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from '../ui/menu.tsx'
import { messageOf } from './api.ts'
import { Mark } from './mark.tsx'
import { openOverlay } from './overlays.ts'
import { useSession } from './session.ts'
import { useSwitchOrganization } from './switch-organization.ts'

export function OrganizationSwitcher() {
  const session = useSession()
  const switchTo = useSwitchOrganization()
  const name = session.organization?.name ?? 'Freehold'
  return (
    <Menu>
      <MenuTrigger className="flex h-10 w-full items-center gap-2.5 rounded-md px-1.5 text-left transition-colors hover:bg-hover data-[state=open]:bg-hover">
        <Mark className="size-6 shrink-0" />
        <span className="min-w-0 flex-1 truncate font-semibold tracking-[-0.01em]">
          <span className="sr-only">Organization: </span>
          {name}
        </span>
        <ChevronsUpDown className="size-3.5 shrink-0 text-ink-3" aria-hidden />
      </MenuTrigger>
      <MenuContent align="start" className="w-(--radix-dropdown-menu-trigger-width) min-w-56">
        <MenuLabel>Your organizations</MenuLabel>
        <MenuRadioGroup
          value={session.organization?.id ?? ''}
          onValueChange={(id) => {
            switchTo(id).catch((error: unknown) => {
              toast.error('The organization could not be opened', { description: messageOf(error) })
            })
          }}
        >
          {session.organizations.map((organization) => (
            <MenuRadioItem key={organization.id} value={organization.id}>
              <span className="min-w-0 flex-1 truncate">{organization.name}</span>
              <span className="max-w-24 truncate text-xs text-ink-3">
                {organization.customRole?.name ?? organization.role}
              </span>
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem onSelect={() => openOverlay('create-organization')}>
          <Plus /> Create an organization
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
