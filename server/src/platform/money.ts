/** Money is an integer number of nano-dollars: 1 USD = 1,000,000,000. Never a float. */
export type Nanos = bigint

export const nanosPerUsd = 1_000_000_000n

/** `1500000n` → `"0.001500000"`: all nine decimals, exact. */
export function formatUsd(nanos: Nanos): string {
  const sign = nanos < 0n ? '-' : ''
  const absolute = nanos < 0n ? -nanos : nanos
  return `${sign}${absolute / nanosPerUsd}.${(absolute % nanosPerUsd).toString().padStart(9, '0')}`
}

const usdPattern = /^(\d{1,9})(?:\.(\d{1,9}))?$/

/** `"12.5"` → `12500000000n`; undefined when the text is no non-negative decimal with at most nine decimals. */
export function parseUsd(text: string): Nanos | undefined {
  const match = usdPattern.exec(text)
  if (!match?.[1]) return undefined
  return BigInt(match[1]) * nanosPerUsd + BigInt((match[2] ?? '').padEnd(9, '0'))
}
