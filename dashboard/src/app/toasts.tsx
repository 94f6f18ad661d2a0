import { Toaster } from 'sonner'
import { useTheme } from './theme.ts'

export function Toasts() {
  const { dark } = useTheme()
  return (
    <Toaster
      theme={dark ? 'dark' : 'light'}
      // Not at the bottom: there a question is written, and on a phone the sections stand.
      position="top-center"
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
