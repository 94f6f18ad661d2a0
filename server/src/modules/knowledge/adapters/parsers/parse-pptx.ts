import { documentCorrupted, documentTooManyPages } from '../../errors.ts'
import type { DraftBlock } from '../../rules/parsed-document.ts'
import { type OfficePackage, openOfficePackage } from './office-package.ts'
import { walkXml } from './office-xml.ts'
import { tableBlock } from './parse-xlsx.ts'
import type { ParserContext } from './parser-limits.ts'
import type { ZipEntry } from './zip-directory.ts'

const PRESENTATION = 'ppt/presentation.xml'

export function isPresentation(entries: readonly ZipEntry[]): boolean {
  return entries.some((entry) => entry.name === PRESENTATION)
}

/** Reads a presentation: a slide is a page, its title a heading, and its notes follow it. */
export function parsePptx(
  bytes: Uint8Array,
  entries: readonly ZipEntry[],
  { limits, onProgress }: ParserContext,
): { blocks: DraftBlock[]; pageCount: number } {
  const file = openOfficePackage(bytes, entries, limits.unpackedLimitBytes)
  const slides = listSlides(file)
  if (slides.length > limits.pageLimit) {
    throw documentTooManyPages({
      message: `This presentation has ${slides.length} slides; at most ${limits.pageLimit} are read. Split it and upload the parts.`,
      details: { pages: slides.length, pageLimit: limits.pageLimit },
    })
  }
  const blocks: DraftBlock[] = []
  for (const [index, slide] of slides.entries()) {
    const page = index + 1
    const part = file.read(slide)
    if (part === undefined) {
      throw documentCorrupted({
        message: `Slide ${page} of this presentation is missing. Save it anew and upload that.`,
        details: { page },
      })
    }
    blocks.push(...readSlide(part, page))
    const notes = [...file.relationsOf(slide).values()].find(({ type }) => type === 'notesSlide')
    const notesPart = notes === undefined ? undefined : file.read(notes.target)
    if (notesPart !== undefined) blocks.push(...readNotes(notesPart, page))
    onProgress({ done: page, total: slides.length })
  }
  return { blocks, pageCount: slides.length }
}

function listSlides(file: OfficePackage): string[] {
  const part = file.read(PRESENTATION)
  if (part === undefined) throw documentCorrupted()
  const relations = file.relationsOf(PRESENTATION)
  const slides: string[] = []
  walkXml(part, {
    open(name, attributes) {
      const target = name === 'sldId' ? relations.get(attributes['r:id'] ?? '') : undefined
      if (target?.type === 'slide') slides.push(target.target)
    },
  })
  return slides
}

interface Shape {
  /** What place of the layout it fills; undefined for a text box. */
  place: string | undefined
  paragraphs: { text: string; depth: number }[]
}

/** The shapes with text and the tables of a slide, in its order. */
function readShapes(part: Uint8Array): (Shape | { table: string[][] })[] {
  const found: (Shape | { table: string[][] })[] = []
  let shape: Shape | undefined
  let table: string[][] | undefined
  let cell: string[] = []
  let text = ''
  let depth = 0
  walkXml(part, {
    open(name, attributes) {
      if (name === 'sp') shape = { place: undefined, paragraphs: [] }
      else if (name === 'ph' && shape !== undefined) shape.place = attributes.type ?? 'body'
      else if (name === 'tbl') table = []
      else if (name === 'tr') table?.push([])
      else if (name === 'tc') cell = []
      else if (name === 'p') {
        text = ''
        depth = 0
      } else if (name === 'pPr') depth = Math.min(8, Number(attributes.lvl ?? 0) || 0)
      else if (name === 'br') text += ' '
    },
    text(part, inside) {
      if (inside === 't') text += part
    },
    close(name) {
      if (name === 'p' && text.trim() !== '') {
        if (table !== undefined) cell.push(text)
        else shape?.paragraphs.push({ text, depth })
      } else if (name === 'tc') table?.at(-1)?.push(cell.join(' '))
      else if (name === 'tbl' && table !== undefined) {
        found.push({ table })
        table = undefined
      } else if (name === 'sp' && shape !== undefined) {
        if (shape.paragraphs.length > 0) found.push(shape)
        shape = undefined
      }
    },
  })
  return found
}

const TITLES = new Set(['title', 'ctrTitle'])
/** Repeated on every slide, they say nothing of its matter. */
const FURNITURE = new Set(['dt', 'ftr', 'sldNum', 'hdr', 'sldImg'])

function readSlide(part: Uint8Array, page: number): DraftBlock[] {
  const shapes = readShapes(part)
  const isTitle = (shape: Shape | { table: string[][] }): boolean =>
    'place' in shape && TITLES.has(shape.place ?? '')
  // The title heads its slide wherever it stands among the shapes.
  const ordered = [...shapes.filter(isTitle), ...shapes.filter((shape) => !isTitle(shape))]
  return ordered.flatMap((shape): DraftBlock[] => {
    if ('table' in shape) {
      const block = tableBlock(shape.table)
      return block === undefined ? [] : [{ ...block, page }]
    }
    const { place, paragraphs } = shape
    if (FURNITURE.has(place ?? '')) return []
    if (isTitle(shape)) {
      return [{ kind: 'heading', level: 1, page, text: paragraphs.map(({ text }) => text).join(' ') }]
    }
    if (place === undefined || paragraphs.length === 1) {
      return paragraphs.map(({ text }) => ({ kind: 'paragraph', page, text }))
    }
    const lines = paragraphs.map(
      ({ text, depth }) => `${'  '.repeat(depth)}- ${text.replace(/\s+/gu, ' ').trim()}`,
    )
    return [{ kind: 'list', page, text: lines.join('\n') }]
  })
}

function readNotes(part: Uint8Array, page: number): DraftBlock[] {
  const paragraphs = readShapes(part).flatMap((shape) =>
    'place' in shape && !FURNITURE.has(shape.place ?? '') ? shape.paragraphs : [],
  )
  return paragraphs.map(({ text }, index) => ({
    kind: 'paragraph',
    page,
    text: index === 0 ? `Notes: ${text}` : text,
  }))
}
