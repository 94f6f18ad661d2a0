import { editDistance } from '../../../platform/edit-distance.ts'

const mostSuggestions = 3

/** Which projects may be meant by a name that none has. */
export function nearestSlugs(name: string, slugs: readonly string[]): string[] {
  const asked = name.toLowerCase().slice(0, 100)
  const allowed = Math.max(2, Math.floor(asked.length / 3))
  return slugs
    .map((slug) => ({
      slug,
      distance: asked.length >= 3 && slug.includes(asked) ? 1 : editDistance(asked, slug),
    }))
    .filter(({ distance }) => distance <= allowed)
    .sort((one, other) => one.distance - other.distance || (one.slug < other.slug ? -1 : 1))
    .slice(0, mostSuggestions)
    .map(({ slug }) => slug)
}
