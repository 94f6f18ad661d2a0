import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useRef } from 'react'
import type { PromptMessage } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/select.tsx'
import { roleNames } from './template.ts'
import { TemplateTextarea } from './template-textarea.tsx'

// The keys of the record are its roles.
const roles = (Object.keys(roleNames) as PromptMessage['role'][]).map((value) => ({
  value,
  label: roleNames[value],
}))

/** The messages of a prompt, one under the other. */
export function MessagesEditor({
  messages,
  onChange,
}: {
  messages: readonly PromptMessage[]
  onChange: (messages: PromptMessage[]) => void
}) {
  const list = useRef<HTMLOListElement>(null)
  const change = (place: number, part: Partial<PromptMessage>) =>
    onChange(messages.map((message, index) => (index === place ? { ...message, ...part } : message)))

  function move(place: number, by: number): void {
    const next = [...messages]
    const [moved] = next.splice(place, 1)
    if (moved) next.splice(place + by, 0, moved)
    onChange(next)
  }

  function add(): void {
    const last = messages.at(-1)?.role
    onChange([...messages, { role: last === 'user' ? 'assistant' : 'user', content: '' }])
    requestAnimationFrame(() => [...(list.current?.querySelectorAll('textarea') ?? [])].at(-1)?.focus())
  }

  return (
    <div>
      <ol ref={list} className="flex flex-col gap-4" aria-label="Messages">
        {messages.map((message, place) => {
          const label = `Message ${place + 1}, ${roleNames[message.role]}`
          return (
            // Messages have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <li key={place}>
              <div className="mb-1 flex items-center gap-1">
                <Select
                  quiet
                  label={`Role of message ${place + 1}`}
                  value={message.role}
                  options={roles}
                  onChange={(role) => change(place, { role })}
                  className="-ml-2.5"
                />
                <span className="ml-auto flex">
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    aria-label={`Move message ${place + 1} up`}
                    disabled={place === 0}
                    onClick={() => move(place, -1)}
                  >
                    <ArrowUp />
                  </Button>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    aria-label={`Move message ${place + 1} down`}
                    disabled={place === messages.length - 1}
                    onClick={() => move(place, 1)}
                  >
                    <ArrowDown />
                  </Button>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    aria-label={`Remove message ${place + 1}`}
                    disabled={messages.length === 1}
                    onClick={() => onChange(messages.filter((_message, index) => index !== place))}
                  >
                    <X />
                  </Button>
                </span>
              </div>
              <TemplateTextarea
                aria-label={label}
                value={message.content}
                placeholder={message.role === 'system' ? 'You are …  {{name}} is a variable.' : ''}
                onChange={(event) => change(place, { content: event.target.value })}
              />
            </li>
          )
        })}
      </ol>
      <Button size="sm" className="mt-3" onClick={add} disabled={messages.length >= 100}>
        <Plus /> Add a message
      </Button>
    </div>
  )
}
