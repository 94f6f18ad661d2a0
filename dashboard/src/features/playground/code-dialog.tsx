import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { type CallLanguage, callCode, callLanguages } from './call-code.ts'

/** The same call in the shell and in two SDKs. */
export function CodeDialog({ body, onClose }: { body: Record<string, unknown>; onClose: () => void }) {
  const [language, setLanguage] = useState<CallLanguage>('curl')
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="The same call from a program"
      description="With an API key of yours in FREEHOLD_API_KEY."
      className="max-w-2xl"
    >
      <Segmented label="Language" value={language} onChange={setLanguage} options={callLanguages} />
      <Snippet code={callCode(language, window.location.origin, body)} label="the call" className="mt-3" />
    </Dialog>
  )
}
