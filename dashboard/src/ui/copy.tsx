import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { toast } from 'sonner'
import { Button } from './button.tsx'
import { cn } from './cn.ts'

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    toast.error('The browser did not allow copying. Select the text and copy it by hand.')
    return false
  }
}

/** Copies and says so for two seconds. */
export function useCopied(): [copied: boolean, copy: (text: string) => void] {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return [copied, (text) => void copyText(text).then(setCopied)]
}

export function CopyButton({
  value,
  label = 'Copy',
  withText,
  className,
}: {
  value: string
  label?: string
  withText?: boolean
  className?: string
}) {
  const [copied, copy] = useCopied()
  return (
    <Button
      variant={withText ? 'outline' : 'ghost'}
      size={withText ? 'sm' : 'icon-sm'}
      aria-label={copied ? 'Copied' : label}
      onClick={() => copy(value)}
      className={className}
    >
      {copied ? <Check className="text-accent-ink" /> : <Copy />}
      {withText ? <span aria-live="polite">{copied ? 'Copied' : label}</span> : null}
    </Button>
  )
}

/** An id in the ledger's type that copies itself when pressed. */
export function CopyId({ value, short, className }: { value: string; short?: boolean; className?: string }) {
  const [copied, copy] = useCopied()
  const shown = short ? `${value.slice(0, 8)}…${value.slice(-4)}` : value
  return (
    <button
      type="button"
      title={value}
      aria-label={`${shown}, copy`}
      onClick={(event) => {
        event.stopPropagation()
        copy(value)
      }}
      className={cn(
        'group inline-flex max-w-full items-center gap-1 rounded-sm font-mono text-xs text-ink-2 hover:text-ink',
        className,
      )}
    >
      <span className="truncate">{shown}</span>
      {copied ? (
        <Check className="size-3 shrink-0 text-accent-ink" aria-hidden />
      ) : (
        <Copy className="size-3 shrink-0 opacity-60 group-hover:opacity-100" aria-hidden />
      )}
    </button>
  )
}
