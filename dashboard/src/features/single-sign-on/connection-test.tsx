import type { SignInConnectionTestResult } from '../../app/api-types.ts'

/** What was found at the issuer, or what is wrong with it. Whether the secret is right only a sign-in tells. */
export function ConnectionTest({
  result,
  busy,
}: {
  result: SignInConnectionTestResult | undefined
  busy: boolean
}) {
  return (
    <div role="status" aria-label="Result of the test" className="text-sm empty:hidden">
      {result === undefined || busy ? null : result.ok ? (
        <div className="rounded-md bg-accent-soft px-3 py-2">
          <p className="font-medium text-accent-ink">The provider answers as it should</p>
          <dl className="mt-1 text-ink-2">
            <Found name="Signs in at" address={result.authorizationEndpoint} />
            <Found name="Gives tokens at" address={result.tokenEndpoint} />
          </dl>
          <p className="mt-1 text-pretty text-ink-2">
            Client id and secret are first used by a sign-in: try one in a private window before you require
            it.
          </p>
        </div>
      ) : (
        <div className="rounded-md bg-red-soft px-3 py-2 text-pretty">
          <p className="font-medium text-red">This issuer cannot be used</p>
          <p className="mt-0.5 wrap-anywhere">{result.problem}</p>
        </div>
      )}
    </div>
  )
}

function Found({ name, address }: { name: string; address: string | null }) {
  if (address === null) return null
  return (
    <div className="flex flex-wrap gap-x-1.5">
      <dt>{name}</dt>
      <dd className="min-w-0 font-mono text-xs leading-5 break-all">{address}</dd>
    </div>
  )
}
