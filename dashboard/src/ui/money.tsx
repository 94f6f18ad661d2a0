import { formatMoney, formatMoneyExact, nanosOf } from '../app/format.ts'
import { cn } from './cn.ts'

/** An amount in the ledger's type; all nine decimals on hover. */
export function Money({ nanos, className }: { nanos: string | bigint; className?: string }) {
  const value = typeof nanos === 'bigint' ? nanos : nanosOf(nanos)
  return (
    <span
      className={cn('font-mono text-[0.93em] tracking-[-0.01em]', className)}
      title={`${formatMoneyExact(value)} USD`}
    >
      {formatMoney(value)}
    </span>
  )
}
