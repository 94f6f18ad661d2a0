const decimalPattern = /^(\d{1,40})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,2}))?$/

/**
 * A decimal as an integer of a smaller unit, exactly: `scaleDecimal('0.00014', 9)` is `140000n`.
 * Digits below the unit are rounded half up. Undefined when the text is no non-negative decimal of a sane size.
 *
 * A JSON number may come as it is: its shortest form, which `String` gives, is the decimal that was sent as long as
 * that had no more than 15 significant digits. It is never multiplied as a float.
 */
export function scaleDecimal(value: unknown, scale: number): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const match = decimalPattern.exec(String(value).trim())
  if (!match?.[1]) return undefined
  const fraction = match[2] ?? ''
  const shift = scale + Number(match[3] ?? 0) - fraction.length
  const digits = BigInt(match[1] + fraction)
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return (digits + divisor / 2n) / divisor
}
