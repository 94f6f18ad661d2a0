import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { membersQuery, permissionsQuery } from './queries.ts'
import { roleInWords } from './roles.ts'

/** A page that one's role does not open: what it would take, and who can give it. */
export default function Forbidden({ permission }: { permission: string }) {
  useTitle('Not for your role')
  const organization = useOrganization()
  const canReadMembers = useCan('read:users')
  const permissions = useQuery(permissionsQuery)
  const members = useInfiniteQuery({ ...membersQuery(organization.id), enabled: canReadMembers })
  const description = permissions.data?.find(({ name }) => name === permission)?.description
  const operators = permission === 'system:admin'
  const toAsk = (members.data ?? []).filter(({ role }) => role === 'owner' || role === 'admin').slice(0, 5)
  return (
    <div className="mx-auto flex h-full min-h-[60dvh] max-w-md flex-col justify-center px-6">
      <p className="font-mono text-sm text-ink-3">403</p>
      <h1 className="mt-1 text-lg font-semibold tracking-[-0.015em]">Your role does not open this page</h1>
      <p className="mt-1 text-sm text-pretty text-ink-2">
        {operators
          ? 'It belongs to those who operate this installation.'
          : `Your role in ${organization.name} is ${roleInWords(organization)}. This page is for roles that hold:`}
      </p>
      <p className="mt-3 border-l-2 border-line-strong py-0.5 pl-3 text-sm">
        {description ? `${description} ` : ''}
        <span className="font-mono text-xs text-ink-3">{permission}</span>
      </p>
      {operators ? null : (
        <div className="mt-3 text-sm text-pretty text-ink-2">
          {toAsk.length > 0 ? (
            <>
              <p>These can give you another role:</p>
              <ul className="mt-1">
                {toAsk.map((member) => (
                  <li key={member.userId}>
                    {member.name},{' '}
                    <a
                      href={`mailto:${member.email}`}
                      className="rounded-sm text-accent-ink underline decoration-accent-line underline-offset-3"
                    >
                      {member.email}
                    </a>
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p>
              An owner or admin of {organization.name} can give you another role, such as the one who invited
              you.
            </p>
          )}
        </div>
      )}
      <div className="mt-5 flex gap-2">
        <Button asChild variant="primary">
          <Link to="/">Go home</Link>
        </Button>
        <Button onClick={() => history.back()}>Back</Button>
      </div>
    </div>
  )
}
