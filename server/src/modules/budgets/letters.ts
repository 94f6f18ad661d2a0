import { composeMail, type MailMessage } from '../../platform/mail/index.ts'
import { formatUsd } from '../../platform/money.ts'
import { describeAbout } from './present-budget.ts'
import type { BudgetRow } from './store.ts'

const windowWords = { day: 'daily', week: 'weekly', month: 'monthly', lifetime: 'total' } as const

/** Tells somebody how much of a budget is spent. */
export function thresholdLetter(
  budget: BudgetRow,
  percent: number,
  reader: { to: string; organization: string; publicUrl: string },
): MailMessage {
  if (budget.credits) return creditsLetter(budget, percent, reader)
  const name = `${windowWords[budget.window]} budget of ${describeAbout(budget)}`
  const spent = `$${formatUsd(budget.settledNanos)} of $${formatUsd(budget.limitNanos)}`
  const end = budget.windowEnd
    ? `It starts again at ${budget.windowEnd.toISOString()}.`
    : 'It does not start again.'
  const consequence = budget.hard
    ? 'A call that could cost more than is left of it is refused.'
    : 'It refuses no call: it counts, and tells.'
  return composeMail({
    to: reader.to,
    subject: `${percent} % of the ${name} is spent (${reader.organization})`,
    heading: `${percent} % of the ${name} is spent`,
    paragraphs: [`${spent} is spent at ${reader.organization}. ${end}`, consequence],
    action: { label: 'See the budgets', url: `${reader.publicUrl}/usage` },
    footnote:
      'Owners and admins of the organization get this letter, and the member whose budget it is, once in a window for each threshold.',
  })
}

/** Tells somebody that what was paid for in advance is nearly used up. */
function creditsLetter(
  { limitNanos, settledNanos }: BudgetRow,
  percent: number,
  { to, organization, publicUrl }: { to: string; organization: string; publicUrl: string },
): MailMessage {
  const left = limitNanos > settledNanos ? limitNanos - settledNanos : 0n
  return composeMail({
    to,
    subject: `${percent} % of the prepaid credits is used (${organization})`,
    heading: `${percent} % of the prepaid credits is used`,
    paragraphs: [
      `$${formatUsd(left)} of $${formatUsd(limitNanos)} is left at ${organization}.`,
      'A call that could cost more than is left is refused. Whoever runs this installation can grant more.',
    ],
    action: { label: 'See the credits', url: `${publicUrl}/usage/credits` },
    footnote: 'Owners and admins of the organization get this letter, once for each threshold.',
  })
}
