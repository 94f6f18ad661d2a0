import { expect, test } from 'vitest'
import { textToEmbed } from './text-to-embed.ts'

test('a passage is embedded behind the headings it stands under', () => {
  expect(textToEmbed({ heading: 'Pumps › Start-up', text: 'Open the valve.' })).toBe(
    'Pumps › Start-up. Open the valve.',
  )
  expect(textToEmbed({ heading: null, text: 'Open the valve.' })).toBe('Open the valve.')
})
