import { useState } from 'react'
import { Segmented } from '../../ui/segmented.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { useChatModels } from '../models/queries.ts'

type Language = 'curl' | 'python' | 'javascript'

const languages: { value: Language; label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'javascript', label: 'JavaScript' },
]

/** `$NAME` stands for a variable of the shell; anything else is the key itself. */
function keyIn(language: Language, apiKey: string): string {
  if (!apiKey.startsWith('$')) return language === 'curl' ? apiKey : JSON.stringify(apiKey)
  const name = apiKey.slice(1)
  return { curl: apiKey, python: `os.environ["${name}"]`, javascript: `process.env.${name}` }[language]
}

function code(language: Language, origin: string, apiKey: string, model: string): string {
  const key = keyIn(language, apiKey)
  switch (language) {
    case 'curl':
      return [
        `curl ${origin}/v1/chat/completions \\`,
        `  -H "Authorization: Bearer ${key}" \\`,
        '  -H "Content-Type: application/json" \\',
        `  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
      ].join('\n')
    case 'python':
      return [
        ...(apiKey.startsWith('$') ? ['import os'] : []),
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url="${origin}/v1", api_key=${key})`,
        'completion = client.chat.completions.create(',
        `    model="${model}",`,
        '    messages=[{"role": "user", "content": "Hello"}],',
        ')',
        'print(completion.choices[0].message.content)',
      ].join('\n')
    case 'javascript':
      return [
        "import OpenAI from 'openai'",
        '',
        `const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: ${key} })`,
        'const completion = await client.chat.completions.create({',
        `  model: '${model}',`,
        "  messages: [{ role: 'user', content: 'Hello' }],",
        '})',
        'console.log(completion.choices[0].message.content)',
      ].join('\n')
  }
}

/** The same call in the shell and in the two SDKs, with this server's own address. */
export function CallSnippets({ apiKey }: { apiKey: string }) {
  const [language, setLanguage] = useState<Language>('curl')
  const models = useChatModels()
  return (
    <div className="mt-3">
      <Segmented label="Language" value={language} onChange={setLanguage} options={languages} />
      <Snippet
        code={code(language, window.location.origin, apiKey, models.default?.id ?? 'local')}
        label={`the ${languages.find((item) => item.value === language)?.label ?? ''} call`}
        className="mt-3"
      />
    </div>
  )
}
