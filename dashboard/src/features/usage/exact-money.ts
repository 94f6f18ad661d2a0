import { formatMoneyExact } from '../../app/format.ts'

/** Nano-dollars with decimals, as dollars with every digit: `4500.25` is $0.00000450025. */
export function formatExactly(nanos: string): string {
  const [whole = '0', fraction = ''] = nanos.replace('-', '').split('.')
  return `${nanos.startsWith('-') ? '−' : ''}${formatMoneyExact(BigInt(whole))}${fraction}`
}
