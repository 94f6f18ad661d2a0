import { editDistance } from '../../../platform/edit-distance.ts'

const mostSuggestions = 3

/** The names somebody may have meant, the nearest first. A folder before the name is not what they meant to say. */
export function nearestNames(asked: string, names: readonly string[]): string[] {
  const wanted = asked.slice(asked.lastIndexOf('/') + 1).toLowerCase()
  const allowed = Math.max(2, Math.floor(wanted.length / 3))
  return names
    .map((name) => {
      const contained = wanted.length >= 3 && name.toLowerCase().includes(wanted)
      const distance = editDistance(wanted, name.toLowerCase())
      return { name, distance: contained ? Math.min(distance, allowed) : distance }
    })
    .filter(({ distance }) => distance <= allowed)
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, mostSuggestions)
    .map(({ name }) => name)
}
