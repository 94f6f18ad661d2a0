import type { ReactNode } from 'react'
import { Mark } from '../../app/mark.tsx'

/** The pages without a session: the form, and beside it what an answer looks like here. */
export function AuthFrame({
  title,
  lead,
  children,
  footer,
}: {
  title: string
  lead?: ReactNode
  children: ReactNode
  footer: ReactNode
}) {
  return (
    <div className="grid h-full overflow-y-auto lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <main className="flex min-h-full flex-col px-6 py-8 sm:px-12">
        <div className="flex items-center gap-2.5">
          <Mark className="size-7" />
          <span className="text-md font-semibold tracking-[-0.015em]">Freehold</span>
        </div>
        <div className="mx-auto flex w-full max-w-90 flex-1 flex-col justify-center py-10">
          <h1 className="text-xl font-semibold tracking-[-0.022em]">{title}</h1>
          {lead ? <div className="mt-1.5 text-base text-pretty text-ink-2">{lead}</div> : null}
          <div className="mt-7">{children}</div>
          {footer ? <div className="mt-6 text-sm text-ink-2">{footer}</div> : null}
        </div>
      </main>
      <Specimen />
    </div>
  )
}

/** An answer as it appears in a conversation: marks that lead to the passage, and what it cost to the last decimal. */
function Specimen() {
  return (
    <aside
      aria-label="What an answer looks like"
      className="hidden flex-col justify-center border-l bg-sunken px-14 py-12 lg:flex"
    >
      <figure className="mx-auto w-full max-w-130">
        <p className="ml-auto w-fit max-w-[85%] rounded-md bg-hover px-4 py-2.5 text-base">
          How long do we keep a customer's files after they leave?
        </p>
        <div className="mt-6 text-[0.9375rem] leading-[1.625rem]">
          <p>
            For <strong className="font-semibold">30 days</strong>, in case they come back
            <SpecimenMark n={1} />. After that the organization's key is destroyed, which makes the files,
            their passages and every backup unreadable
            <SpecimenMark n={2} />.
          </p>
        </div>
        <div className="mt-4 border-l-2 border-accent-line pl-4 text-sm text-ink-2">
          <p>
            <span className="font-medium text-ink">Retention policy.pdf</span> · page 4 · 2.1 After
            cancellation
          </p>
          <p className="mt-1">
            …the data of an organization is <mark>kept for thirty days from the day of cancellation</mark> and
            may be restored on request.
          </p>
        </div>
        <table className="mt-8 w-full text-sm">
          <tbody className="[&_td]:py-1.5 [&_tr]:border-t">
            <tr>
              <td className="text-ink-2">1,842 tokens read</td>
              <td className="text-right font-mono text-xs text-ink-3">× $0.15 / million</td>
              <td className="w-28 text-right font-mono text-xs">$0.000276300</td>
            </tr>
            <tr>
              <td className="text-ink-2">96 tokens written</td>
              <td className="text-right font-mono text-xs text-ink-3">× $0.60 / million</td>
              <td className="text-right font-mono text-xs">$0.000057600</td>
            </tr>
            <tr className="ledger-total font-medium">
              <td>This answer</td>
              <td />
              <td className="text-right font-mono text-xs">$0.000333900</td>
            </tr>
          </tbody>
        </table>
        <figcaption className="mt-6 max-w-[44ch] text-sm text-pretty text-ink-2">
          Every statement leads to its passage and every answer to its price. Your documents, your keys and
          your ledger stay on your own server.
        </figcaption>
      </figure>
    </aside>
  )
}

function SpecimenMark({ n }: { n: number }) {
  return (
    <span className="mx-0.5 inline-flex h-4 min-w-4 -translate-y-0.5 items-center justify-center rounded-sm bg-accent-soft px-1 font-mono text-[0.6875rem] leading-none font-medium text-accent-ink">
      {n}
    </span>
  )
}
