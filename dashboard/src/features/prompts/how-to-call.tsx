import { useState } from 'react'
import type { Prompt, PromptVersion } from '../../app/api-types.ts'
import { SectionHeader } from '../../ui/page.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { type CallLanguage, callCode, callLanguages } from '../playground/call-code.ts'

/** The call of this prompt, ready to paste. */
export function HowToCall({ prompt, version }: { prompt: Prompt; version: PromptVersion }) {
  const [language, setLanguage] = useState<CallLanguage>('curl')
  const variables = Object.fromEntries(
    version.variables.filter((one) => one.default === null).map(({ name }) => [name, '…']),
  )
  const body = {
    model: 'prompt',
    messages: [],
    prompt: { name: prompt.name, ...(Object.keys(variables).length === 0 ? {} : { variables }) },
  }
  return (
    <section aria-labelledby="how-to-call" className="mt-8">
      <SectionHeader id="how-to-call" title="How to call it">
        <Segmented label="Language" value={language} onChange={setLanguage} options={callLanguages} />
      </SectionHeader>
      <Snippet code={callCode(language, window.location.origin, body)} label="the call" className="mt-2" />
    </section>
  )
}
