/**
 * A URL-safe name: ASCII letters, digits and hyphens, at most 40 characters, then a piece of the id so that two
 * organizations of one name differ and nobody learns from a refusal that a name is taken.
 */
export function makeSlug(name: string, id: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return `${words || 'organization'}-${id.replaceAll('-', '').slice(-8)}`
}
