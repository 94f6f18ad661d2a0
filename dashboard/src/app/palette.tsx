import { useInfiniteQuery } from '@tanstack/react-query'
import { type NavigateOptions, useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import {
  BookOpen,
  Bot,
  Building2,
  FilePen,
  FileText,
  Fingerprint,
  FlaskConical,
  Gauge,
  Keyboard,
  KeyRound,
  LogOut,
  MessageSquareText,
  Monitor,
  MonitorSmartphone,
  Moon,
  Plus,
  ScrollText,
  Search,
  Shield,
  ShieldCheck,
  SquarePen,
  Sun,
  TextSearch,
  Upload,
  UserPlus,
  UserRound,
  Zap,
} from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { toast } from 'sonner'
import { conversationsQuery } from '../features/chat/queries.ts'
import { documentsQuery } from '../features/knowledge/queries.ts'
import { Kbd } from '../ui/kbd.tsx'
import { messageOf } from './api.ts'
import { handOverQuestion } from './handed-question.ts'
import { openOverlay } from './overlays.ts'
import { useSections } from './sections.ts'
import { useCan, useSession } from './session.ts'
import { useSignOut } from './sign-out.ts'
import { useSwitchOrganization } from './switch-organization.ts'
import { setTheme } from './theme.ts'
import { pickAndUpload } from './upload-picker.ts'

/** Every page, every main action, conversations and documents by name; or the words as a question or a search. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const navigate = useNavigate()
  const session = useSession()
  const sections = useSections()
  const switchTo = useSwitchOrganization()
  const signOut = useSignOut()
  const can = {
    upload: useCan('write:documents'),
    keys: useCan('manage:api_keys'),
    budgets: useCan('manage:budgets'),
    members: useCan('manage:users'),
    audit: useCan('read:activity'),
    guardrails: useCan('manage:guardrails'),
    readMembers: useCan('read:users'),
    roles: useCan('manage:roles'),
    serviceAccounts: useCan('read:service_accounts'),
    signIn: useCan('manage:sign_in'),
    createServiceAccounts: useCan('manage:service_accounts'),
    conversations: useCan('read:conversations'),
    ask: useCan('write:conversations'),
    documents: useCan('read:documents'),
    usage: useCan('read:usage'),
    writePrompts: useCan('manage:prompts'),
    useModels: useCan('use:models'),
  }
  const query = text.trim()
  const conversations = useInfiniteQuery({ ...conversationsQuery(query), enabled: can.conversations })
  const documents = useInfiniteQuery({ ...documentsQuery(query ? { q: query } : {}), enabled: can.documents })

  function run(action: () => void): void {
    onClose()
    action()
  }
  const go = (options: NavigateOptions) => (): void => run(() => void navigate(options))
  const newChat = { to: '/chat/{-$conversationId}', params: { conversationId: undefined } } as const

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-fade fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="animate-float fixed top-[12dvh] left-1/2 z-50 w-[min(40rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-md border bg-raised shadow-float outline-none max-md:top-3"
        >
          <Dialog.Title className="sr-only">Search and actions</Dialog.Title>
          <Command label="Search and actions" loop>
            <div className="flex items-center gap-3 border-b px-4">
              <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder="Where to, or what to do"
                className="h-12 w-full bg-transparent text-md outline-none"
              />
              <Kbd keys="esc" />
            </div>
            <Command.List
              className="scroll-quiet max-h-[min(26rem,60dvh)] overflow-y-auto p-1.5"
              aria-label="Results"
            >
              <Command.Empty className="px-3 py-6 text-center text-sm text-ink-3">
                Nothing by that name.
              </Command.Empty>
              <Group heading="Do">
                {can.ask ? (
                  <Item icon={<SquarePen />} keys="n" onSelect={go(newChat)}>
                    New conversation
                  </Item>
                ) : null}
                {can.upload ? (
                  <Item
                    icon={<Upload />}
                    keys="u"
                    onSelect={() => run(() => pickAndUpload(() => void navigate({ to: '/knowledge' })))}
                  >
                    Upload documents
                  </Item>
                ) : null}
                {can.keys ? (
                  <Item icon={<KeyRound />} onSelect={go({ to: '/connect/keys', search: { create: true } })}>
                    Create an API key
                  </Item>
                ) : null}
                {can.budgets ? (
                  <Item icon={<Gauge />} onSelect={go({ to: '/usage', search: { budget: true } })}>
                    Set the budget
                  </Item>
                ) : null}
                {can.members ? (
                  <Item icon={<UserPlus />} onSelect={go({ to: '/organization', search: { add: true } })}>
                    Invite somebody
                  </Item>
                ) : null}
                {can.roles ? (
                  <Item
                    icon={<ShieldCheck />}
                    onSelect={go({ to: '/organization/roles', search: { create: true } })}
                  >
                    Make a role
                  </Item>
                ) : null}
                {can.createServiceAccounts ? (
                  <Item
                    icon={<Bot />}
                    onSelect={go({ to: '/organization/service-accounts', search: { create: true } })}
                  >
                    Create a service account
                  </Item>
                ) : null}
                {can.writePrompts ? (
                  <Item icon={<FilePen />} onSelect={go({ to: '/models/prompts', search: { create: true } })}>
                    Write a prompt
                  </Item>
                ) : null}
                <Item icon={<Zap />} onSelect={() => openOverlay('connect-model')}>
                  Connect a language model
                </Item>
              </Group>
              <Group heading="Go to">
                {sections.map((section) => (
                  <Item
                    key={section.to}
                    icon={<section.icon />}
                    keys={`g ${section.key}`}
                    onSelect={go({ to: section.to })}
                  >
                    {section.label}
                  </Item>
                ))}
                {can.documents ? (
                  <Item icon={<TextSearch />} onSelect={go({ to: '/knowledge/search' })}>
                    Search inside documents
                  </Item>
                ) : null}
                {can.usage ? (
                  <Item icon={<FileText />} onSelect={go({ to: '/usage/requests' })}>
                    Request log
                  </Item>
                ) : null}
                {can.useModels ? (
                  <Item icon={<FlaskConical />} onSelect={go({ to: '/models/playground' })}>
                    Playground
                  </Item>
                ) : null}
                {can.readMembers ? (
                  <Item icon={<ShieldCheck />} onSelect={go({ to: '/organization/roles' })}>
                    Roles and permissions
                  </Item>
                ) : null}
                {can.serviceAccounts ? (
                  <Item icon={<Bot />} onSelect={go({ to: '/organization/service-accounts' })}>
                    Service accounts
                  </Item>
                ) : null}
                {can.signIn ? (
                  <Item icon={<Fingerprint />} onSelect={go({ to: '/organization/sign-in' })}>
                    Sign-in: domains, identity provider, provisioning
                  </Item>
                ) : null}
                {can.guardrails ? (
                  <Item icon={<Shield />} onSelect={go({ to: '/organization/guardrails' })}>
                    Guardrails: what may go to models and come back
                  </Item>
                ) : null}
                {can.audit ? (
                  <Item icon={<FileText />} onSelect={go({ to: '/organization/audit' })}>
                    Audit log
                  </Item>
                ) : null}
                <Item icon={<Building2 />} onSelect={go({ to: '/organization/settings' })}>
                  Organization settings
                </Item>
                <Item icon={<BookOpen />} onSelect={() => window.location.assign('/docs')}>
                  API reference
                </Item>
              </Group>
              {query && conversations.data?.length ? (
                <Group heading="Conversations">
                  {conversations.data.slice(0, 5).map((conversation) => (
                    <Item
                      key={conversation.id}
                      value={`${query} conversation ${conversation.id}`}
                      icon={<MessageSquareText />}
                      onSelect={go({
                        to: '/chat/{-$conversationId}',
                        params: { conversationId: conversation.id },
                      })}
                    >
                      {conversation.title}
                    </Item>
                  ))}
                </Group>
              ) : null}
              {query && documents.data?.length ? (
                <Group heading="Documents">
                  {documents.data.slice(0, 5).map((document) => (
                    <Item
                      key={document.id}
                      value={`${query} document ${document.id}`}
                      icon={<FileText />}
                      onSelect={go({ to: '/knowledge/$documentId', params: { documentId: document.id } })}
                    >
                      {document.name}
                    </Item>
                  ))}
                </Group>
              ) : null}
              {query && can.ask ? (
                <Group heading="With these words">
                  <Item
                    value={`${query} ask`}
                    icon={<MessageSquareText />}
                    onSelect={() =>
                      run(() => {
                        handOverQuestion(query)
                        void navigate(newChat)
                      })
                    }
                  >
                    Ask: {query}
                  </Item>
                  <Item
                    value={`${query} search`}
                    icon={<TextSearch />}
                    onSelect={go({ to: '/knowledge/search', search: { q: query } })}
                  >
                    Search in documents: {query}
                  </Item>
                </Group>
              ) : null}
              {session.organizations.length > 1 ? (
                <Group heading="Organizations">
                  {session.organizations
                    .filter((organization) => organization.id !== session.organization?.id)
                    .map((organization) => (
                      <Item
                        key={organization.id}
                        value={`switch to ${organization.name} ${organization.id}`}
                        icon={<Building2 />}
                        onSelect={() =>
                          run(() => {
                            switchTo(organization.id).catch((error: unknown) => {
                              toast.error('The organization could not be opened', {
                                description: messageOf(error),
                              })
                            })
                          })
                        }
                      >
                        Switch to {organization.name}
                      </Item>
                    ))}
                </Group>
              ) : null}
              <Group heading="This place">
                <Item icon={<Plus />} onSelect={() => openOverlay('create-organization')}>
                  Create an organization
                </Item>
                <Item icon={<UserRound />} onSelect={go({ to: '/account' })}>
                  Your account
                </Item>
                <Item icon={<ShieldCheck />} onSelect={go({ to: '/account/security' })}>
                  Password, second factor and passkeys
                </Item>
                <Item icon={<MonitorSmartphone />} onSelect={go({ to: '/account/sessions' })}>
                  Where you are signed in
                </Item>
                <Item icon={<ScrollText />} onSelect={go({ to: '/account/activity' })}>
                  Activity of your account
                </Item>
                <Item icon={<Keyboard />} keys="?" onSelect={() => openOverlay('shortcuts')}>
                  Keyboard shortcuts
                </Item>
                <Item icon={<Sun />} onSelect={() => run(() => setTheme('light'))}>
                  Theme: light
                </Item>
                <Item icon={<Moon />} onSelect={() => run(() => setTheme('dark'))}>
                  Theme: dark
                </Item>
                <Item icon={<Monitor />} onSelect={() => run(() => setTheme('system'))}>
                  Theme: as the system
                </Item>
                <Item icon={<LogOut />} onSelect={() => run(signOut)}>
                  Sign out
                </Item>
              </Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  )
}

function Item({
  icon,
  keys,
  value,
  onSelect,
  children,
}: {
  icon: ReactNode
  keys?: string
  value?: string
  onSelect: () => void
  children: ReactNode
}) {
  return (
    <Command.Item
      {...(value ? { value } : {})}
      onSelect={onSelect}
      className="flex min-h-9 items-center gap-3 rounded-sm px-2.5 text-base data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3"
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys ? <Kbd keys={keys} /> : null}
    </Command.Item>
  )
}
