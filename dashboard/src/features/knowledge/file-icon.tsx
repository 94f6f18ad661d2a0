import {
  FileBraces,
  FileCode2,
  FileText,
  FileType2,
  type LucideIcon,
  Mail,
  Presentation,
  Sheet,
} from 'lucide-react'

/** The kind of file, told by a sign and not by colour. */
export function FileIcon({ mediaType, className }: { mediaType: string; className?: string }) {
  const Icon = icons.find(([test]) => test.test(mediaType))?.[1] ?? FileText
  return <Icon className={className} strokeWidth={1.6} aria-hidden />
}

const icons: [test: RegExp, icon: LucideIcon][] = [
  [/html/, FileCode2],
  [/pdf/, FileType2],
  [/spreadsheetml|csv/, Sheet],
  [/presentationml/, Presentation],
  [/json/, FileBraces],
  [/rfc822/, Mail],
]

const kinds: [test: RegExp, name: string][] = [
  [/pdf/, 'PDF'],
  [/wordprocessingml|msword/, 'Word'],
  [/spreadsheetml/, 'Excel'],
  [/presentationml/, 'PowerPoint'],
  [/csv/, 'CSV'],
  [/jsonl/, 'JSON lines'],
  [/json/, 'JSON'],
  [/rfc822/, 'E-mail'],
  [/html/, 'HTML'],
  [/markdown/, 'Markdown'],
  [/plain/, 'Text'],
]

export function kindOf(mediaType: string): string {
  return kinds.find(([test]) => test.test(mediaType))?.[1] ?? mediaType
}
