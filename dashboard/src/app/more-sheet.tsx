import { Link } from '@tanstack/react-router'
import { LogOut, Plus, Search, UserRound } from 'lucide-react'
import { toast } from 'sonner'
import { Segmented } from '../ui/segmented.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { messageOf } from './api.ts'
import { openOverlay } from './overlays.ts'
import { Initials, themeOptions } from './person-menu.tsx'
import { useSections } from './sections.ts'
import { useSession } from './session.ts'
import { useSignOut } from './sign-out.ts'
import { useSwitchOrganization } from './switch-organization.ts'
import { setTheme, useTheme } from './theme.ts'

const item =
  'flex h-12 w-full items-center gap-3 border-b px-5 text-left text-md [&_svg]:size-5 [&_svg]:shrink-0 [&_svg]:text-ink-3'

/** On a phone: the sections beyond the bar, the organizations, the person and the theme. */
export default function MoreSheet({ onClose }: { onClose: () => void }) {
  const session = useSession()
  const sections = useSections()
  const { choice } = useTheme()
  const signOut = useSignOut()
  const switchTo = useSwitchOrganization()
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()} side="bottom" title="More">
      <div className="overflow-y-auto pb-4">
        <div className="mx-auto mt-2 mb-1 h-1 w-9 rounded-full bg-line-strong" aria-hidden />
        <button type="button" className={item} onClick={() => openOverlay('palette')}>
          <Search strokeWidth={1.7} aria-hidden /> Search
        </button>
        {sections.slice(4).map((section) => (
          <Link key={section.to} to={section.to} onClick={onClose} className={item}>
            <section.icon strokeWidth={1.7} aria-hidden /> {section.label}
          </Link>
        ))}
        <h3 className="px-5 pt-5 pb-1 text-xs font-medium text-ink-3">Organizations</h3>
        {session.organizations.map((organization) => {
          const current = organization.id === session.organization?.id
          return (
            <button
              key={organization.id}
              type="button"
              aria-current={current || undefined}
              className={item}
              onClick={() => {
                onClose()
                switchTo(organization.id).catch((error: unknown) => {
                  toast.error('The organization could not be opened', { description: messageOf(error) })
                })
              }}
            >
              <span className="min-w-0 flex-1 truncate">{organization.name}</span>
              <span className="text-sm text-ink-3">
                {current ? 'open' : (organization.customRole?.name ?? organization.role)}
              </span>
            </button>
          )
        })}
        <button type="button" className={item} onClick={() => openOverlay('create-organization')}>
          <Plus strokeWidth={1.7} aria-hidden /> Create an organization
        </button>
        <h3 className="px-5 pt-5 pb-1 text-xs font-medium text-ink-3">You</h3>
        <Link to="/account" onClick={onClose} className={item}>
          <UserRound strokeWidth={1.7} aria-hidden />
          <span className="min-w-0 flex-1 truncate">Your account</span>
          <span className="truncate text-sm text-ink-3">{session.user.name}</span>
          <Initials name={session.user.name} />
        </Link>
        <button type="button" className={item} onClick={signOut}>
          <LogOut strokeWidth={1.7} aria-hidden /> Sign out
        </button>
        <div className="px-5 pt-5">
          <Segmented
            label="Theme"
            value={choice}
            onChange={setTheme}
            className="w-full [&>*]:flex-1"
            options={themeOptions.map((option) => ({
              value: option.value,
              label: (
                <>
                  <option.icon aria-hidden /> {option.value === 'system' ? 'System' : option.label}
                </>
              ),
            }))}
          />
        </div>
      </div>
    </Sheet>
  )
}
