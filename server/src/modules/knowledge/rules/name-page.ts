const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'md',
  'text/csv': 'csv',
  'application/json': 'json',
}
const longest = 255

/** What a document from the web is called before its title is known: the last part of its address, or its site. */
export function namePage(url: string): string {
  const { hostname, pathname } = new URL(url)
  const last = pathname
    .split('/')
    .filter((part) => part !== '')
    .at(-1)
  if (last === undefined) return hostname
  try {
    return decodeURIComponent(last).slice(0, longest)
  } catch {
    return last.slice(0, longest)
  }
}

/** The file name a page is read under: its kind is what the server says, or else what the address ends with. */
export function pageFileName(url: string, mediaType: string): string {
  const extension = EXTENSIONS[mediaType]
  return extension === undefined ? namePage(url) : `page.${extension}`
}
