import type { ReactNode } from 'react'
import type { ApiKey } from '../../app/api-types.ts'
import { formatCount, plural } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { Popover, PopoverContent, PopoverTrigger } from '../../ui/popover.tsx'
import { Time } from '../../ui/time.tsx'

export function ownerName({ owner }: ApiKey): string {
  if (owner.kind === 'organization') return 'The organization'
  return owner.name ?? (owner.kind === 'person' ? 'Somebody who left' : 'A deleted account')
}

/** Bounds in a few words: what it may do; then where from and how often. */
function limitsOf({ scopes, allowedIps, requestsPerMinute }: ApiKey): [may: string, bounds: string] {
  const bounds = [
    allowedIps === null ? null : plural(allowedIps.length, 'address', 'addresses'),
    requestsPerMinute === null ? null : `${formatCount(requestsPerMinute)}/min`,
  ]
    .filter((part) => part !== null)
    .join(' · ')
  return [scopes === null ? 'All its owner may' : plural(scopes.length, 'permission'), bounds]
}

/** The bounds of a key; pressed, each of them in full, and who made it. */
export function KeyLimits({ apiKey }: { apiKey: ApiKey }) {
  const { scopes, allowedIps, requestsPerMinute, createdBy, createdAt } = apiKey
  const [may, bounds] = limitsOf(apiKey)
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button
          variant="link"
          size="inline"
          className="flex-col items-start gap-0 py-1 font-normal text-ink-2 decoration-line-strong"
        >
          <span>{may}</span>
          {bounds ? <span className="text-xs text-ink-3">{bounds}</span> : null}
          <span className="sr-only">: what {apiKey.name} may do</span>
        </Button>
      </PopoverTrigger>
      <PopoverContent
        align="start"
        className="max-h-96 overflow-y-auto"
        aria-label={`What ${apiKey.name} may do`}
      >
        <dl className="flex flex-col gap-3">
          <Bound label="It may">
            {scopes === null
              ? `All that ${ownerName(apiKey)} may, except what belongs to people alone.`
              : scopes.map((scope) => (
                  <span key={scope} className="block font-mono text-xs leading-5">
                    {scope}
                  </span>
                ))}
          </Bound>
          <Bound label="From">
            {allowedIps === null
              ? 'Any address'
              : allowedIps.map((address) => (
                  <span key={address} className="block font-mono text-xs leading-5">
                    {address}
                  </span>
                ))}
          </Bound>
          <Bound label="How often">
            {requestsPerMinute === null
              ? 'As the server allows'
              : `${formatCount(requestsPerMinute)} requests a minute`}
          </Bound>
          <Bound label="Created">
            <Time value={createdAt} />
            {createdBy ? ` by ${createdBy.name}` : ''}
          </Bound>
        </dl>
      </PopoverContent>
    </Popover>
  )
}

function Bound({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  )
}
