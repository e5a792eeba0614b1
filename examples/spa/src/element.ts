/** The element of `index.html` with this id. */
export function element<T extends Element>(id: string, type: new () => T): T {
  const found: Element | null = document.getElementById(id)
  if (found instanceof type) return found
  throw new TypeError(`The page has no ${type.name} with the id "${id}".`)
}
