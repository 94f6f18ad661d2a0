import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { openOverlay } from '../../app/overlays.ts'
import { useCan } from '../../app/session.ts'
import { pickAndUpload } from '../../app/upload-picker.ts'
import { Button } from '../../ui/button.tsx'
import { cn } from '../../ui/cn.ts'
import { SectionHeader } from '../../ui/page.tsx'
import { apiKeysQuery } from '../api-keys/queries.ts'
import { conversationsQuery } from '../chat/queries.ts'
import { documentsQuery } from '../knowledge/queries.ts'
import { useChatModels } from '../models/queries.ts'

interface Step {
  done: boolean
  title: string
  why: string
  action: string
  run: () => void
}

/** The way in, told by what is there and not by what was clicked. It goes when all of it is done. */
export function Checklist() {
  const navigate = useNavigate()
  const canManageKeys = useCan('manage:api_keys')
  const documents = useInfiniteQuery(documentsQuery())
  const conversations = useInfiniteQuery(conversationsQuery())
  const keys = useInfiniteQuery({ ...apiKeysQuery, enabled: canManageKeys })
  const { connected } = useChatModels()

  const known =
    documents.data && conversations.data && connected !== undefined && (keys.data || !canManageKeys)
  // Nothing is shown until all of it is known: a list that ticks itself off while loading would tell an untruth.
  if (!known) return null
  const steps: Step[] = [
    {
      done: documents.data.length > 0,
      title: 'Upload a document',
      why: 'A contract, a handbook, your notes. Answers are drawn from it.',
      action: 'Upload',
      run: () => pickAndUpload(() => void navigate({ to: '/knowledge' })),
    },
    {
      done: conversations.data.length > 0,
      title: 'Ask a question',
      why: 'The answer marks the passage behind every statement.',
      action: 'Ask',
      run: () => void navigate({ to: '/chat/{-$conversationId}', params: { conversationId: undefined } }),
    },
    {
      done: connected,
      title: 'Connect a language model',
      why: 'Until then, answers quote your documents word for word, free of charge.',
      action: 'How',
      run: () => openOverlay('connect-model'),
    },
    ...(canManageKeys
      ? [
          {
            done: (keys.data ?? []).length > 0,
            title: 'Create an API key',
            why: 'Any OpenAI SDK works with it.',
            action: 'Create',
            run: () => void navigate({ to: '/connect/keys', search: { create: true } }),
          },
        ]
      : []),
  ]
  const done = steps.filter((step) => step.done).length
  if (done === steps.length) return null
  const next = steps.find((step) => !step.done)
  return (
    <section aria-labelledby="set-up">
      <SectionHeader title="Set up" id="set-up">
        <span className="text-sm text-ink-3">
          {done} of {steps.length} done
        </span>
      </SectionHeader>
      <ol className="mt-1 border-t border-line-strong">
        {steps.map((step) => (
          <li key={step.title} className="flex min-h-16 items-center gap-4 border-b py-2.5">
            <span
              className={cn(
                'flex size-5 shrink-0 items-center justify-center rounded-full border',
                step.done ? 'border-accent bg-accent text-on-accent' : 'border-field',
              )}
            >
              {step.done ? <Check className="size-3" strokeWidth={3} role="img" aria-label="Done" /> : null}
            </span>
            <div className="min-w-0 flex-1">
              <p className={step.done ? 'text-ink-3' : 'font-medium'}>{step.title}</p>
              {step.done ? null : <p className="text-sm text-pretty text-ink-2">{step.why}</p>}
            </div>
            {step.done ? null : (
              <Button
                variant={step === next ? 'primary' : 'outline'}
                aria-label={`${step.action}: ${step.title}`}
                onClick={step.run}
              >
                {step.action}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
