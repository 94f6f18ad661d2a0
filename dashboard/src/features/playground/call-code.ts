export type CallLanguage = 'curl' | 'typescript' | 'python'

export const callLanguages: { value: CallLanguage; label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'typescript', label: 'TypeScript' },
  { value: 'python', label: 'Python' },
]

type Body = Readonly<Record<string, unknown>>

/** A chat call as one would write it, with the key in a variable of the environment. */
export function callCode(language: CallLanguage, origin: string, body: Body): string {
  const { prompt, ...own } = body
  switch (language) {
    case 'curl':
      return [
        `curl ${origin}/v1/chat/completions \\`,
        '  -H "Authorization: Bearer $FREEHOLD_API_KEY" \\',
        '  -H "Content-Type: application/json" \\',
        // A single quote ends the shell's text, stands for itself, and begins it again.
        `  -d '${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`,
      ].join('\n')
    case 'typescript':
      return [
        "import OpenAI from 'openai'",
        '',
        `const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.FREEHOLD_API_KEY })`,
        ...(prompt === undefined ? [] : [`const prompt = ${JSON.stringify(prompt, null, 2)}`]),
        'const completion = await client.chat.completions.create({',
        ...Object.entries(own).map(
          ([name, value]) => `  ${name}: ${indented(JSON.stringify(value, null, 2))},`,
        ),
        ...(prompt === undefined ? [] : ['  ...{ prompt },']),
        '})',
        'console.log(completion.choices[0].message.content)',
      ].join('\n')
    case 'python':
      return [
        'import os',
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url="${origin}/v1", api_key=os.environ["FREEHOLD_API_KEY"])`,
        'completion = client.chat.completions.create(',
        ...Object.entries(own).map(([name, value]) => `    ${name}=${python(value, '    ')},`),
        ...(prompt === undefined ? [] : [`    extra_body={"prompt": ${python(prompt, '    ')}},`]),
        ')',
        'print(completion.choices[0].message.content)',
      ].join('\n')
  }
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ')
}

/** A JSON value as Python writes it. Its texts are JSON's own: Python reads the same escapes. */
function python(value: unknown, indent: string): string {
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null || value === undefined) return 'None'
  const deeper = `${indent}    `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => `${deeper}${python(item, deeper)},\n`).join('')}${indent}]`
  }
  if (typeof value === 'object') {
    const fields = Object.entries(value)
    if (fields.length === 0) return '{}'
    const lines = fields.map(([name, item]) => `${deeper}${JSON.stringify(name)}: ${python(item, deeper)},\n`)
    return `{\n${lines.join('')}${indent}}`
  }
  return JSON.stringify(value)
}
