import { Link } from '@tanstack/react-router'
import { useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { PageHeader, PageTab } from '../../ui/page.tsx'

export function AccountHeader() {
  const { organization } = useSession()
  return (
    <PageHeader
      title="Your account"
      description="You, on this server, in every organization you belong to."
      actions={
        organization === null ? (
          <Button asChild>
            <Link to="/">Back</Link>
          </Button>
        ) : null
      }
      tabs={
        <>
          <PageTab to="/account">Profile</PageTab>
          <PageTab to="/account/security">Security</PageTab>
          <PageTab to="/account/sessions">Sessions</PageTab>
          <PageTab to="/account/activity">Activity</PageTab>
        </>
      }
    />
  )
}
