/** Where a text ceases to be JSON, as `line 3, column 7`. An error of the parser would quote the text. */
export function jsonFault(text: string): string {
  let mendable = 0
  let broken = text.length + 1
  while (broken - mendable > 1) {
    const length = Math.floor((mendable + broken) / 2)
    if (isMendable(text.slice(0, length))) mendable = length
    else broken = length
  }
  const lines = text.slice(0, mendable).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

// Whether the parser complains of nothing but the end.
function isMendable(beginning: string): boolean {
  try {
    JSON.parse(beginning)
    return true
  } catch (error) {
    const { message } = error as Error
    const [, position] = / at position (\d+)/.exec(message) ?? []
    return message.includes('end of JSON') || Number(position) === beginning.length
  }
}
