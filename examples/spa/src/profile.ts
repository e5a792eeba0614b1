import type { User } from './directory.ts'
import { element } from './element.ts'

/** Name, email and picture of the user. */
export interface Profile {
  show(user: User | undefined): void
}

export function createProfile(): Profile {
  const name = element('name', HTMLElement)
  const email = element('email', HTMLElement)
  const initials = element('initials', HTMLElement)
  const picture = element('picture', HTMLImageElement)

  // The initials stay where there is no picture, or where it fails to load.
  picture.addEventListener('load', () => {
    picture.hidden = false
  })

  return {
    show(user) {
      name.textContent = user?.name ?? ''
      email.textContent = user?.primary_email ?? ''
      initials.textContent = initialsOf(user?.name ?? '')
      picture.hidden = true
      picture.removeAttribute('src')
      if (user?.image_url) picture.src = user.image_url
    },
  }
}

/** `Joan Harris` gives `JH`. */
export function initialsOf(name: string): string {
  const letters = name
    .trim()
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
  return [letters[0], letters.length > 1 ? letters.at(-1) : ''].join('').toUpperCase()
}
