import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { useChatModels } from './queries.ts'

const providers = {
  openrouter: {
    label: 'OpenRouter',
    about: 'One key for some hundreds of models. Make one at openrouter.ai under Keys.',
    code: 'OPENROUTER_API_KEY=sk-or-… npm start',
  },
  openai: {
    label: 'OpenAI',
    about: 'A key of your OpenAI organization.',
    code: 'OPENAI_API_KEY=sk-… npm start',
  },
  anthropic: {
    label: 'Anthropic',
    about: 'A key of your Anthropic organization. Its models are asked in its own protocol.',
    code: 'ANTHROPIC_API_KEY=sk-ant-… npm start',
  },
  compatible: {
    label: 'Own server',
    about: 'Anything that speaks the OpenAI protocol: vLLM, Ollama, llama.cpp, LM Studio, a gateway.',
    code: 'OPENAI_BASE_URL=http://localhost:11434/v1 npm start',
  },
} as const

type Provider = keyof typeof providers

/** How to give the server a language model. Providers are settings of the server, so this explains; it does not ask for a key. */
export default function ConnectModelDialog({ onClose }: { onClose: () => void }) {
  const [provider, setProvider] = useState<Provider>('openrouter')
  const { chat } = useChatModels()
  const connected = chat.filter((model) => model.isLanguageModel)
  const chosen = providers[provider]
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Connect a language model"
      description={
        connected.length > 0
          ? `Connected now: ${connected
              .slice(0, 3)
              .map((model) => model.name)
              .join(
                ', ',
              )}${connected.length > 3 ? ` and ${connected.length - 3} more` : ''}. Others are added the same way.`
          : 'Until one is connected, answers are passages quoted from your documents, chosen on this server and free of charge.'
      }
    >
      <Segmented<Provider>
        label="Provider"
        value={provider}
        onChange={setProvider}
        options={[
          { value: 'openrouter', label: providers.openrouter.label },
          { value: 'openai', label: providers.openai.label },
          { value: 'anthropic', label: providers.anthropic.label },
          { value: 'compatible', label: providers.compatible.label },
        ]}
      />
      <p className="mt-4 text-sm text-ink-2">{chosen.about} Start the server with it:</p>
      <Snippet code={chosen.code} label="the command" className="mt-2" />
      <p className="mt-4 text-sm text-pretty text-ink-2">
        The key stays on the server and is never shown here. After the restart the new models appear in the
        model list of every conversation, with their prices, and each answer says what it cost.
      </p>
    </Dialog>
  )
}
