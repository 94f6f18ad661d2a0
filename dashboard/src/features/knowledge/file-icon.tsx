import { FileCode2, FileText, FileType2 } from 'lucide-react'

/** The kind of file, told by a sign and not by colour. */
export function FileIcon({ mediaType, className }: { mediaType: string; className?: string }) {
  const Icon = mediaType.includes('html') ? FileCode2 : mediaType.includes('pdf') ? FileType2 : FileText
  return <Icon className={className} strokeWidth={1.6} aria-hidden />
}

const kinds: [test: RegExp, name: string][] = [
  [/pdf/, 'PDF'],
  [/wordprocessingml|msword/, 'Word'],
  [/html/, 'HTML'],
  [/markdown/, 'Markdown'],
  [/plain/, 'Text'],
]

export function kindOf(mediaType: string): string {
  return kinds.find(([test]) => test.test(mediaType))?.[1] ?? mediaType
}
