import { Link } from '@tanstack/react-router'
import { Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
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
import { openOverlay } from './overlays.ts'
import { useSession } from './session.ts'
import { useSignOut } from './sign-out.ts'
import { setTheme, type ThemeChoice, useTheme } from './theme.ts'

export const themeOptions = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const satisfies { value: ThemeChoice; label: string; icon: typeof Sun }[]

export function PersonMenu() {
  const { user } = useSession()
  const { choice } = useTheme()
  const signOut = useSignOut()
  return (
    <Menu>
      <MenuTrigger className="flex h-9 w-full items-center gap-2.5 rounded-md px-1.5 text-left transition-colors hover:bg-hover data-[state=open]:bg-hover">
        <Initials name={user.name} />
        <span className="min-w-0 flex-1 truncate text-sm">{user.name}</span>
      </MenuTrigger>
      <MenuContent align="start" side="top" className="w-56">
        <MenuLabel>{user.email}</MenuLabel>
        <MenuItem asChild>
          <Link to="/account">
            <UserRound /> Your account
          </Link>
        </MenuItem>
        <MenuItem onSelect={() => openOverlay('shortcuts')} keys="?">
          <Keyboard /> Keyboard shortcuts
        </MenuItem>
        <MenuSeparator />
        <MenuLabel>Theme</MenuLabel>
        {/* Radix gives back one of the values below. */}
        <MenuRadioGroup value={choice} onValueChange={(next) => setTheme(next as ThemeChoice)}>
          {themeOptions.map((option) => (
            <MenuRadioItem key={option.value} value={option.value}>
              <option.icon /> {option.label}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem onSelect={signOut}>
          <LogOut /> Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}

export function Initials({ name }: { name: string }) {
  const words = name.trim().split(/\s+/)
  const letters = `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase()
  return (
    <span
      aria-hidden
      className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-[0.6875rem] font-semibold text-accent-ink"
    >
      {letters}
    </span>
  )
}
