/** Text that is HTML already. Only {@link html} makes it. */
export interface Html {
  readonly html: string
}

/** A template of HTML: every value is escaped, unless it is `Html` itself. */
export function html(parts: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html {
  return { html: String.raw({ raw: parts }, ...values.map(render)) }
}

function render(value: string | Html | Html[]): string {
  if (typeof value === 'string') return escapeText(value)
  return Array.isArray(value) ? value.map(render).join('') : value.html
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
