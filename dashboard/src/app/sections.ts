import {
  BookOpen,
  ChartNoAxesColumn,
  House,
  type LucideIcon,
  MessageSquareText,
  Plug,
  Route,
  ServerCog,
  Users,
} from 'lucide-react'
import { useSession } from './session.ts'

export interface Section {
  to:
    | '/'
    | '/chat/{-$conversationId}'
    | '/knowledge'
    | '/usage'
    | '/models'
    | '/connect/keys'
    | '/organization'
    | '/organization/settings'
    | '/installation/outbox'
  /** Everything under this path belongs to the section. */
  under: string
  label: string
  icon: LucideIcon
  /** Second key after `g`. */
  key: string
  /** The permission without which there is nothing to see in it. */
  needs?: string
}

/** The rail, in order. A section appears here when it exists. */
export const sections: readonly Section[] = [
  { to: '/', under: '/', label: 'Home', icon: House, key: 'h' },
  {
    to: '/chat/{-$conversationId}',
    under: '/chat',
    label: 'Chat',
    icon: MessageSquareText,
    key: 'c',
    needs: 'read:conversations',
  },
  {
    to: '/knowledge',
    under: '/knowledge',
    label: 'Knowledge',
    icon: BookOpen,
    key: 'k',
    needs: 'read:documents',
  },
  { to: '/usage', under: '/usage', label: 'Usage', icon: ChartNoAxesColumn, key: 'u', needs: 'read:usage' },
  { to: '/models', under: '/models', label: 'Models', icon: Route, key: 'm', needs: 'read:models' },
  {
    to: '/connect/keys',
    under: '/connect',
    label: 'Connect',
    icon: Plug,
    key: 'a',
    needs: 'read:api_keys',
  },
  { to: '/organization', under: '/organization', label: 'Organization', icon: Users, key: 'o' },
  {
    to: '/installation/outbox',
    under: '/installation',
    label: 'Installation',
    icon: ServerCog,
    key: 'i',
    needs: 'system:admin',
  },
]

/** The sections that the person may see. Who may not see the members begins at the organization's settings. */
export function useSections(): readonly Section[] {
  const { permissions } = useSession()
  return sections
    .filter(({ needs }) => needs === undefined || permissions.includes(needs))
    .map((section) =>
      section.to === '/organization' && !permissions.includes('read:users')
        ? { ...section, to: '/organization/settings' }
        : section,
    )
}

export function isInSection(section: Section, pathname: string): boolean {
  if (section.under === '/') return pathname === '/'
  return pathname === section.under || pathname.startsWith(`${section.under}/`)
}
