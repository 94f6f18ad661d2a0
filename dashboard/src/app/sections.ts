import {
  BookOpen,
  ChartNoAxesColumn,
  House,
  type LucideIcon,
  MessageSquareText,
  Plug,
  Users,
} from 'lucide-react'

export interface Section {
  to: '/' | '/chat/{-$conversationId}' | '/knowledge' | '/usage' | '/connect/keys' | '/organization'
  /** Everything under this path belongs to the section. */
  under: string
  label: string
  icon: LucideIcon
  /** Second key after `g`. */
  key: string
}

/** The rail, in order. A section appears here when it exists. */
export const sections: readonly Section[] = [
  { to: '/', under: '/', label: 'Home', icon: House, key: 'h' },
  { to: '/chat/{-$conversationId}', under: '/chat', label: 'Chat', icon: MessageSquareText, key: 'c' },
  { to: '/knowledge', under: '/knowledge', label: 'Knowledge', icon: BookOpen, key: 'k' },
  { to: '/usage', under: '/usage', label: 'Usage', icon: ChartNoAxesColumn, key: 'u' },
  { to: '/connect/keys', under: '/connect', label: 'Connect', icon: Plug, key: 'a' },
  { to: '/organization', under: '/organization', label: 'Organization', icon: Users, key: 'o' },
]

export function isInSection(section: Section, pathname: string): boolean {
  if (section.under === '/') return pathname === '/'
  return pathname === section.under || pathname.startsWith(`${section.under}/`)
}
