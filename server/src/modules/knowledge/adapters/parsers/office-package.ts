import { archiveNested } from '../../errors.ts'
import { extensionOf } from '../../rules/sniff-media-type.ts'
import { walkXml } from './office-xml.ts'
import { unpackZipEntry, type ZipEntry } from './zip-directory.ts'

const ARCHIVES = new Set('zip 7z rar gz tgz bz2 xz tar jar docx docm xlsx pptx odt epub'.split(' '))
/** Where the sheets behind charts and objects from other programs are kept; they are never opened. */
const EMBEDDINGS = /^[a-z]+\/embeddings\//

/** Refuses an archive inside an office document. @throws archive_nested (422) */
export function refuseNestedArchive(entries: readonly ZipEntry[]): void {
  const nested = entries.find(({ name }) => ARCHIVES.has(extensionOf(name)) && !EMBEDDINGS.test(name))
  if (nested !== undefined) throw archiveNested({ details: { entry: nested.name } })
}

/** The parts of a PowerPoint or Excel file, unpacked one by one when they are asked for, all within one limit. */
export interface OfficePackage {
  /** A part's bytes, or undefined where the file has none of that name. */
  read(name: string): Uint8Array | undefined
  /** What a part refers to inside the file, by the reference's id. */
  relationsOf(name: string): Map<string, { target: string; type: string }>
}

export function openOfficePackage(
  bytes: Uint8Array,
  entries: readonly ZipEntry[],
  unpackedLimitBytes: number,
): OfficePackage {
  refuseNestedArchive(entries)
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  let leftBytes = unpackedLimitBytes
  const read = (name: string): Uint8Array | undefined => {
    const entry = byName.get(name)
    if (entry === undefined) return undefined
    const part = unpackZipEntry(bytes, entry, leftBytes)
    leftBytes -= part.length
    return part
  }
  return {
    read,
    relationsOf(name) {
      const relations = new Map<string, { target: string; type: string }>()
      const folder = name.slice(0, name.lastIndexOf('/') + 1)
      const part = read(`${folder}_rels/${name.slice(folder.length)}.rels`)
      if (part === undefined) return relations
      walkXml(part, {
        open(element, { Id, Target, Type, TargetMode }) {
          if (element !== 'Relationship' || Id === undefined || Target === undefined) return
          if (TargetMode === 'External') return
          relations.set(Id, {
            target: resolvePart(folder, Target),
            type: (Type ?? '').split('/').at(-1) ?? '',
          })
        },
      })
      return relations
    },
  }
}

/** A name within the archive only: it is looked up among the entries, and never on a disk. */
function resolvePart(folder: string, target: string): string {
  const steps = target.startsWith('/') ? [] : folder.split('/').filter((step) => step !== '')
  for (const step of target.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps.join('/')
}
