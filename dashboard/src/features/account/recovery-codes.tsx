import { Download } from 'lucide-react'
import { useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { DialogActions } from '../../ui/dialog.tsx'
import { saveFile } from './save-file.ts'

/** The codes, which are shown this once, and the ways to keep them. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { user } = useSession()
  const text = codes.join('\n')
  return (
    <>
      <p className="text-sm text-pretty text-ink-2">
        Each signs you in once, without the app: for the day your phone is lost. Keep them where your password
        is not.
      </p>
      <ul
        aria-label="Recovery codes"
        className="mt-3 grid grid-cols-2 gap-x-3 gap-y-1.5 rounded-md border bg-sunken px-4 py-3 font-mono text-sm whitespace-nowrap max-md:px-3 max-md:text-xs max-[23rem]:grid-cols-1"
      >
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        <CopyButton value={text} label="Copy the codes" withText />
        <Button
          size="sm"
          onClick={() =>
            saveFile(
              'freehold-recovery-codes.txt',
              `Recovery codes of ${user.email} at ${location.origin}\nEach works once.\n\n${text}\n`,
              'text/plain',
            )
          }
        >
          <Download /> Download
        </Button>
      </div>
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          I have kept them
        </Button>
      </DialogActions>
    </>
  )
}
