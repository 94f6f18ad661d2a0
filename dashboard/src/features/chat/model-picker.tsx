import { ChevronDown } from 'lucide-react'
import type { Model } from '../../app/api-types.ts'
import { formatPrice, nanosOf } from '../../app/format.ts'
import { Menu, MenuContent, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuTrigger } from '../../ui/menu.tsx'

function priceText(model: Model): string {
  const input = nanosOf(model.inputNanosPerMillion)
  const output = nanosOf(model.outputNanosPerMillion)
  if (input === 0n && output === 0n) return 'Free of charge, on this server'
  return `${formatPrice(input)} read, ${formatPrice(output)} written, per million tokens`
}

/** Which model answers, each with its price. */
export function ModelPicker({
  models,
  value,
  onChange,
}: {
  models: Model[]
  value: Model | undefined
  onChange: (modelId: string) => void
}) {
  return (
    <Menu>
      <MenuTrigger
        aria-label={`${value?.name ?? '…'}, choose the model`}
        className="inline-flex h-7 max-w-60 min-w-0 items-center gap-1 rounded-md px-2 text-sm text-ink-2 transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover max-md:h-9"
      >
        <span className="truncate">{value?.name ?? '…'}</span>
        <ChevronDown className="size-3.5 shrink-0 text-ink-3" aria-hidden />
      </MenuTrigger>
      <MenuContent align="start" side="top" className="w-88 max-w-[calc(100vw-1.5rem)]">
        <MenuLabel>Who answers</MenuLabel>
        <MenuRadioGroup value={value?.id ?? ''} onValueChange={onChange}>
          {models.map((model) => (
            <MenuRadioItem key={model.id} value={model.id} className="items-start py-1.5">
              <span className="min-w-0 flex-1">
                <span className="flex items-baseline gap-2">
                  <span className="truncate font-medium">{model.name}</span>
                  <span className="shrink-0 text-xs text-ink-3">
                    {model.isLanguageModel ? model.provider : 'no language model'}
                  </span>
                </span>
                <span className="block text-xs text-ink-3">{priceText(model)}</span>
              </span>
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  )
}
