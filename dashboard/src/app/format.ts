// Numbers, money and times as people read them. Money stays a bigint of nano-dollars until it is text.

const nanosPerDollar = 1_000_000_000n

function decimalOf(nanos: bigint, digits: number): string {
  const sign = nanos < 0n ? '-' : ''
  const magnitude = nanos < 0n ? -nanos : nanos
  const unit = 10n ** BigInt(9 - digits)
  const rounded = (magnitude + unit / 2n) / unit
  const text = rounded.toString().padStart(digits + 1, '0')
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

const dollarFormats = new Map<number, Intl.NumberFormat>()
function dollarFormat(digits: number): Intl.NumberFormat {
  let format = dollarFormats.get(digits)
  if (!format) {
    format = new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    dollarFormats.set(digits, format)
  }
  return format
}

/** Dollars with as many decimals as the amount needs to say something: $12.40, $0.0312, $0.000123. */
export function formatMoney(nanos: bigint): string {
  const magnitude = nanos < 0n ? -nanos : nanos
  let digits = 2
  if (magnitude > 0n && magnitude < nanosPerDollar / 100n) digits = magnitude < 1_000n ? 9 : 6
  else if (magnitude > 0n && magnitude < nanosPerDollar) digits = 4
  return formatMoneyAt(nanos, digits)
}

export function formatMoneyAt(nanos: bigint, digits: number): string {
  // A decimal string keeps every digit; the cast says what Intl accepts since ES2023.
  return dollarFormat(digits).format(decimalOf(nanos, digits) as `${number}`)
}

/** All nine decimals: what the ledger holds. */
export function formatMoneyExact(nanos: bigint): string {
  return formatMoneyAt(nanos, 9)
}

/** Dollars without needless zeros, for prices and scales: $0.15, $0.075. */
export function formatPrice(nanos: bigint): string {
  const whole = decimalOf(nanos, 9).replace(/(\.\d\d\d*?)0+$/, '$1')
  return formatMoneyAt(nanos, (whole.split('.')[1] ?? '').length)
}

export function nanosOf(value: string | number): bigint {
  return BigInt(typeof value === 'number' ? Math.round(value) : value)
}

const integer = new Intl.NumberFormat()
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })

export function formatCount(value: number): string {
  return integer.format(value)
}

export function formatCompact(value: number): string {
  return value < 10_000 ? integer.format(value) : compact.format(value)
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte']
  let value = bytes
  let index = 0
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000
    index += 1
  }
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: units[index] ?? 'byte',
    unitDisplay: index === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && index > 0 ? 1 : 0,
  }).format(value)
}

export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

export function formatRelative(date: Date, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000)
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return seconds > 0 ? 'in a moment' : 'just now'
}

const countdown = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' })

/** How long until then, counted: in 9 days, in 4 hours. */
export function formatCountdown(date: Date, now: Date): string {
  const hours = (date.getTime() - now.getTime()) / 3_600_000
  return hours >= 24
    ? countdown.format(Math.round(hours / 24), 'day')
    : countdown.format(Math.max(1, Math.ceil(hours)), 'hour')
}

const percent = new Intl.NumberFormat(undefined, { style: 'percent' })

export function formatPercent(part: number): string {
  return percent.format(Math.floor(part * 100) / 100)
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
export function formatExact(date: Date): string {
  return exact.format(date)
}

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const longDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

/** A calendar day of the ledger ("2026-03-07"), which is a UTC day and is shown as that day everywhere. */
export function formatDay(isoDay: string): string {
  return day.format(new Date(`${isoDay}T12:00:00`))
}

export function formatDate(date: Date): string {
  return longDay.format(date)
}

const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

export function formatToday(now: Date): string {
  return weekday.format(now)
}
