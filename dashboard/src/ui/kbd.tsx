import { cn } from './cn.ts'

const mac = /Mac|iPhone|iPad/.test(navigator.platform)

const names: Record<string, string> = {
  mod: mac ? '⌘' : 'Ctrl',
  shift: '⇧',
  enter: '↵',
  esc: 'Esc',
  up: '↑',
  down: '↓',
}

/** Keys as they are on the reader's keyboard: `mod+k` together, `g h` one after the other. */
export function Kbd({
  keys,
  inverse,
  readable,
  className,
}: {
  keys: string
  inverse?: boolean
  /** The keys are the content, and not a hint beside it. */
  readable?: boolean
  className?: string
}) {
  return (
    <span aria-hidden={!readable || undefined} className={cn('inline-flex items-center gap-0.5', className)}>
      {keys.split(/[ +]/).map((key) => (
        <kbd
          key={key}
          className={cn(
            'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border px-1 font-sans text-[0.6875rem] leading-none',
            inverse ? 'border-ink-3 text-paper' : 'border-line-strong bg-paper text-ink-3',
          )}
        >
          {names[key] ?? key.toUpperCase()}
        </kbd>
      ))}
    </span>
  )
}
