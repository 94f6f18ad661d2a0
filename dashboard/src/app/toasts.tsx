import { Toaster } from 'sonner'
import { usePhone } from './media-query.ts'
import { useTheme } from './theme.ts'

export function Toasts() {
  const { dark } = useTheme()
  const phone = usePhone()
  return (
    <Toaster
      theme={dark ? 'dark' : 'light'}
      position={phone ? 'top-center' : 'bottom-right'}
      containerAriaLabel="Messages"
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-(--width) items-center gap-3 rounded-md border bg-raised px-4 py-3 font-sans text-sm text-ink shadow-float',
          content: 'min-w-0 flex-1',
          title: 'font-medium text-pretty',
          description: 'mt-0.5 text-pretty text-ink-2',
          error: '!border-red-line',
          icon: 'hidden',
          actionButton:
            'h-7 shrink-0 rounded-md border border-line-strong px-2.5 text-sm font-medium text-ink hover:bg-hover',
        },
      }}
    />
  )
}
