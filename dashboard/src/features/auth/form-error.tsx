import { FreeholdError, messageOf } from '../../app/api.ts'
import { CopyId } from '../../ui/copy.tsx'

/** What the server said no to, above the button that was pressed. */
export function FormError({ error }: { error: unknown }) {
  if (!error) return null
  const requestId = error instanceof FreeholdError && error.status >= 500 ? error.requestId : null
  return (
    <div role="alert" className="rounded-md bg-red-soft px-3 py-2 text-sm text-red">
      {messageOf(error)}
      {requestId ? (
        <span className="mt-1 flex items-center gap-1.5 text-xs">
          Request <CopyId value={requestId} className="text-red hover:text-red" />
        </span>
      ) : null}
    </div>
  )
}
