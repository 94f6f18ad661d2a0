import type { OfficePackage } from './office-package.ts'
import { walkXml } from './office-xml.ts'

export interface XlsxCell {
  /** n number, s shared string, str or inlineStr text, b boolean, e error, d date. */
  type: string
  style: number
  value: string
  column: number
}

/** The formats that Excel has built in: 14 to 22 and 45 to 47 show days or times. */
const DATE_FORMATS = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 30, 36, 45, 46, 47, 50, 57])
const PERCENT_FORMATS = new Set([9, 10])
const DAY_MS = 86_400_000
const LAST_DAY = 2_958_465

/** Makes the function that shows a cell as a person sees it, within reason: dates as dates, per cents as such. */
export function createCellReader(file: OfficePackage, date1904: boolean): (cell: XlsxCell) => string {
  const strings = readSharedStrings(file.read('xl/sharedStrings.xml'))
  const formats = readStyles(file.read('xl/styles.xml'))
  return ({ type, style, value }) => {
    switch (type) {
      case 's':
        return strings[Number(value)] ?? ''
      case 'b':
        return value === '1' ? 'true' : 'false'
      case 'n':
        return showNumber(value, formats[style] ?? 'number', date1904)
      default:
        return value
    }
  }
}

function readSharedStrings(part: Uint8Array | undefined): string[] {
  const strings: string[] = []
  if (part === undefined) return strings
  let phonetic = 0
  let current = ''
  walkXml(part, {
    open(name) {
      if (name === 'si') current = ''
      if (name === 'rPh') phonetic++
    },
    text(text, inside) {
      // How a name is pronounced stands beside it in Japanese workbooks; it is no part of it.
      if (inside === 't' && phonetic === 0) current += text
    },
    close(name) {
      if (name === 'rPh') phonetic--
      if (name === 'si') strings.push(current)
    },
  })
  return strings
}

type Format = 'number' | 'date' | 'percent'

/** What each cell style shows a number as. */
function readStyles(part: Uint8Array | undefined): Format[] {
  const own = new Map<number, Format>()
  const styles: Format[] = []
  if (part === undefined) return styles
  walkXml(part, {
    open(name, { numFmtId, formatCode }, above) {
      const id = Number(numFmtId ?? 0)
      if (name === 'numFmt') own.set(id, formatOf(formatCode ?? ''))
      if (name !== 'xf' || above.at(-1) !== 'cellXfs') return
      const known = DATE_FORMATS.has(id) ? 'date' : PERCENT_FORMATS.has(id) ? 'percent' : 'number'
      styles.push(own.get(id) ?? known)
    },
  })
  return styles
}

function formatOf(code: string): Format {
  const bare = code.replace(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_./gi, '')
  if (/[ymdhs]/i.test(bare) && !/[0#]\.?[0#]*E/i.test(bare)) return 'date'
  return bare.includes('%') ? 'percent' : 'number'
}

function showNumber(value: string, format: Format, date1904: boolean): string {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) return value
  if (format === 'date' && number >= 0 && number <= LAST_DAY) return showDate(number, date1904)
  // Fifteen digits are what Excel counts with; the seventeenth is noise of the binary form.
  const exact = (shown: number): string => String(Number(shown.toPrecision(15)))
  return format === 'percent' ? `${exact(number * 100)}%` : exact(number)
}

/** Days since the end of 1899, or 1904; the day Excel believes in, 29 February 1900, moves what is before it. */
function showDate(days: number, date1904: boolean): string {
  const epochMs = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30)
  const moment = new Date(epochMs + Math.round(days * DAY_MS)).toISOString()
  const day = moment.slice(0, 10)
  const time = moment.slice(11, 19).replace(/:00$/, '')
  if (days < 1 && !date1904) return time
  return Number.isInteger(days) ? day : `${day} ${time}`
}
