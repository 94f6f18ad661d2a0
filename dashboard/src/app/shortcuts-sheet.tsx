import { Switch } from 'radix-ui'
import { useId } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { useSections } from './sections.ts'
import { setSingleKeys, shortcuts, useSingleKeys } from './shortcuts.ts'

export default function ShortcutsSheet({ onClose }: { onClose: () => void }) {
  const singleKeys = useSingleKeys()
  const id = useId()
  const sections = new Set(useSections().map((section) => section.label))
  const known = shortcuts.filter(({ group, label }) => group !== 'Go to' || sections.has(label))
  const groups = [...new Set(known.map((shortcut) => shortcut.group))]
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Keyboard shortcuts" className="max-w-2xl">
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3 className="border-b border-line-strong pb-1.5 text-xs font-medium text-ink-3">{group}</h3>
            <dl>
              {known
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div
                    key={shortcut.keys + shortcut.label}
                    className="flex min-h-8 items-center justify-between gap-4 border-b py-1 text-sm"
                  >
                    <dt>{shortcut.label}</dt>
                    <dd>
                      <Kbd keys={shortcut.keys} readable />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="mt-6 flex items-center justify-between gap-4 text-sm">
        <label htmlFor={id} className="text-ink-2">
          Shortcuts of a single letter. Turn them off if you dictate.
        </label>
        <Switch.Root
          id={id}
          checked={singleKeys}
          onCheckedChange={setSingleKeys}
          className="h-5 w-9 shrink-0 rounded-full border border-field bg-sunken transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
        >
          <Switch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-ink-3 transition-transform data-[state=checked]:translate-x-[1.05rem] data-[state=checked]:bg-on-accent" />
        </Switch.Root>
      </div>
    </Dialog>
  )
}
