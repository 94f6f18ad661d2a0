import { expect, test } from 'vitest'
import { parseHtml } from './parse-html.ts'

const read = (html: string): [string, string][] =>
  parseHtml(html).map((block) => [block.kind, block.text.replace(/[^\S\n]+/g, ' ').trim()])

test('headings, paragraphs, lists, tables and listings are told apart', () => {
  const blocks = read(`<!doctype html><title>Works</title><body><h1>Pumps <em>and</em> valves</h1>
    <p>One <b>two</b><br>three</p>loose <i>text</i>
    <ul><li>a<ol start="3"><li>b<li>c</ol><li><p>d</p></ul>
    <table><thead><tr><th>Pump</th><th>Bar</th></tr></thead><tr><td>One</td><td> 7 </td></tr></table>
    <pre>if x:\n  y</pre>`)
  expect(blocks).toEqual([
    ['heading', 'Pumps and valves'],
    ['paragraph', 'One two\nthree'],
    ['paragraph', 'loose text'],
    ['list', '- a\n 3. b\n 4. c\n- d'],
    ['table', 'Pump | Bar\nOne | 7'],
    ['code', 'if x:\n y'],
  ])
})

test('scripts, styles, navigation, forms and what is hidden are not part of the text', () => {
  const blocks = read(`<body><nav>Home</nav><script>alert(1)</script><style>p{}</style><template>t</template>
    <div hidden>h</div><div aria-hidden="true">x</div><p style="color:red; display : none">n</p>
    <form><input value="i"><button>Go</button></form><noscript>enable</noscript><svg><text>s</text></svg>
    <p>Seen</p><footer>Copyright</footer></body>`)
  expect(blocks).toEqual([['paragraph', 'Seen']])
})

test('a main element stands for the page, and the title is the heading of a page without one', () => {
  expect(read('<title>Works</title><body><div>Menu</div><main><p>Text</p></main><div>Ads</div>')).toEqual([
    ['heading', 'Works'],
    ['paragraph', 'Text'],
  ])
  expect(read('<title>Works</title><body><main> </main><p>Text</p>')).toEqual([
    ['heading', 'Works'],
    ['paragraph', 'Text'],
  ])
})

test('a table for layout is read as what it holds', () => {
  const blocks = read('<table><tr><td><h2>Left</h2><p>one</p></td></tr><tr><td><p>two</p></td></tr></table>')
  expect(blocks).toEqual([
    ['heading', 'Left'],
    ['paragraph', 'one'],
    ['paragraph', 'two'],
  ])
})

test('very deep nesting neither breaks the reader nor loses the text', () => {
  for (const tag of ['div', 'b', 'blockquote', 'ul><li']) {
    const deep = parseHtml(`${`<${tag}>`.repeat(20_000)}deep<p>after</p>`)
    expect(deep.map((block) => block.text).join(' ')).toContain('deep')
  }
})
