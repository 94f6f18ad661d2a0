import { expect, test } from 'vitest'
import { parseMarkdown } from './parse-markdown.ts'

test('Markdown becomes blocks, with front matter, addresses and inline HTML left out', () => {
  const blocks = parseMarkdown(`---
title: x
---
# Pumps & *valves*

See [the manual](https://example.com/secret) ![a diagram](x.png) and \`code\`.<br>Next<span>!</span>

> Quoted
> text

1. one
   - [x] done
   - [ ] open
2. two

| Pump | Bar |
| ---- | --- |
| **A** | 7 |

\`\`\`js
a  =  1
\`\`\`

***

<div><p>html</p></div>
<!-- comment -->

[ref]: https://example.com
`)
  expect(blocks).toEqual([
    { kind: 'heading', text: 'Pumps & valves', level: 1 },
    { kind: 'paragraph', text: 'See the manual a diagram and code.\nNext!' },
    { kind: 'paragraph', text: 'Quoted\ntext' },
    { kind: 'list', text: '1. one\n  - [x] done\n  - [ ] open\n2. two' },
    { kind: 'table', text: 'Pump | Bar\nA | 7' },
    { kind: 'code', text: 'a  =  1' },
    { kind: 'paragraph', text: 'html' },
  ])
})
