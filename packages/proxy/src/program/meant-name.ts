/** The one of the known names that a misspelt one is nearest to, if it is near at all. */
export function meantName(misspelt: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((name) => ({ name, distance: distance(plain(misspelt), plain(name)) }))
    .sort((a, b) => a.distance - b.distance)
  return nearest && nearest.distance <= misspelt.length / 4 ? nearest.name : undefined
}

function plain(name: string): string {
  return name.slice(0, 50).toLowerCase().replace(/[_-]/g, '')
}

/** How many characters must be added, taken away or changed (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= to.length; column++) {
      const changed = (row[column - 1] ?? 0) + (character === to[column - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
