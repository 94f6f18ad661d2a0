import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

const button = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-on-accent hover:bg-accent-hover',
        outline: 'border border-line-strong bg-raised text-ink hover:bg-hover',
        ghost: 'text-ink-2 hover:bg-hover hover:text-ink',
        danger: 'bg-red text-on-red hover:bg-red-hover',
        link: 'text-accent-ink underline decoration-accent-line underline-offset-3 hover:decoration-current',
      },
      size: {
        md: 'h-8 px-3 text-sm max-md:h-10',
        sm: 'h-7 px-2 text-sm max-md:h-9',
        lg: 'h-10 px-4 text-base',
        icon: 'size-8 max-md:size-10',
        'icon-sm': 'size-7 max-md:size-9',
        inline: 'h-auto p-0',
      },
    },
    defaultVariants: { variant: 'outline', size: 'md' },
  },
)

export type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof button> & {
    asChild?: boolean
    /** The action is under way: the button stays in its size, says so and takes no second click. */
    busy?: boolean
  }

export function Button({ variant, size, asChild, busy, className, children, ...props }: ButtonProps) {
  const classes = cn(button({ variant, size }), className)
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <button
      type="button"
      {...props}
      className={cn(classes, busy && 'animate-breathe')}
      aria-busy={busy || undefined}
      disabled={props.disabled || busy}
    >
      {children}
    </button>
  )
}
