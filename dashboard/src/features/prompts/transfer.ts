import { toast } from 'sonner'
import { api, FreeholdError, fetchOk, messageOf, take } from '../../app/api.ts'
import { plural } from '../../app/format.ts'
import { refreshPrompts } from './queries.ts'

/** Prompts with all their versions, as a file on the person's machine. */
export async function saveExport(which: { folder?: string; promptId?: string }, name: string): Promise<void> {
  try {
    const file = await take(api.GET('/api/v1/prompts/export', { params: { query: which } }))
    const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${name.replaceAll('/', '-')}.prompts.json`
    link.click()
    URL.revokeObjectURL(url)
  } catch (error) {
    toast.error('Nothing was exported', { description: messageOf(error) })
  }
}

interface Imported {
  created: string[]
  extended: string[]
  skipped: string[]
}

/** Takes in a file of an export. Where a name is there already, asks before it adds to it. */
export function pickAndImport(): void {
  const picker = document.createElement('input')
  picker.type = 'file'
  picker.accept = '.json,application/json'
  picker.addEventListener('change', () => {
    const file = picker.files?.[0]
    if (file) void file.text().then((text) => importText(text, 'refuse'))
  })
  picker.click()
}

async function importText(text: string, existing: 'refuse' | 'skip' | 'add'): Promise<void> {
  try {
    // The server reads the file and says what is wrong with it.
    const parsed: unknown = JSON.parse(text)
    const answer = await fetchOk('/api/v1/prompts/import', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...(parsed as object), existing }),
    })
    const done = (await answer.json()) as Imported // the contract of the import
    await refreshPrompts()
    const parts = [
      `${plural(done.created.length, 'prompt')} imported`,
      ...(done.extended.length > 0 ? [`${done.extended.length} got new versions`] : []),
      ...(done.skipped.length > 0 ? [`${done.skipped.length} left as they are`] : []),
    ]
    toast(parts.join(', '))
  } catch (error) {
    if (error instanceof FreeholdError && error.code === 'prompts.name_taken') {
      toast('Some of these prompts are here already', {
        description: 'Add the versions of the file to them as new ones, or leave them as they are?',
        duration: 20_000,
        action: { label: 'Add versions', onClick: () => void importText(text, 'add') },
        cancel: { label: 'Leave them', onClick: () => void importText(text, 'skip') },
      })
      return
    }
    const problem = error instanceof SyntaxError ? 'The file is no JSON.' : messageOf(error)
    toast.error('Nothing was imported', { description: problem })
  }
}
