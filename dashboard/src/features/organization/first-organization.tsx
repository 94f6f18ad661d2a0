import { Link } from '@tanstack/react-router'
import { Mark } from '../../app/mark.tsx'
import { useSession } from '../../app/session.ts'
import { useSignOut } from '../../app/sign-out.ts'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { CreateOrganizationForm } from './create-organization-form.tsx'
import { DeletedOrganizations } from './deleted-organizations.tsx'

/** For a person who belongs to no organization: the one thing to do. */
export default function FirstOrganization() {
  const { user } = useSession()
  const signOut = useSignOut()
  useTitle('Create an organization')
  return (
    <main className="mx-auto flex min-h-full max-w-90 flex-col justify-center px-6 py-10">
      <Mark className="size-8" />
      <h1 className="mt-6 text-xl font-semibold tracking-[-0.022em]">Create your organization</h1>
      <p className="mt-1.5 mb-7 text-pretty text-ink-2">
        You belong to none yet. Create one, or ask an admin of an existing one to invite {user.email}.
      </p>
      <CreateOrganizationForm />
      <DeletedOrganizations />
      <div className="mt-8 flex gap-5">
        <Button asChild variant="link" size="inline">
          <Link to="/account">Your account</Link>
        </Button>
        <Button variant="link" size="inline" onClick={signOut}>
          Sign out
        </Button>
      </div>
    </main>
  )
}
