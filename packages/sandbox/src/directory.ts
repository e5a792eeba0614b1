// The people and portals that the API answers from.

/** The one account that can sign in. */
export const account = { email: 'joan@scdp.com', password: 'roambi' } as const

export function isAccount(email: string | undefined, password: string | undefined): boolean {
  return email === account.email && password === account.password
}

export const accountUid = '5016b62a9a5cd7a4c7000001'

export interface Person {
  uid: string
  given_name: string
  family_name: string
  primary_email: string
  role: 'administrator' | 'publisher' | 'viewer'
}

export const joan: Person = person(1, 'Joan', 'Harris', 'publisher')

export const people: readonly Person[] = [
  joan,
  person(2, 'Don', 'Draper', 'viewer'),
  person(3, 'Roger', 'Sterling', 'viewer'),
  person(4, 'Bertram', 'Cooper', 'administrator'),
  person(5, 'Lane', 'Pryce', 'administrator'),
  person(6, 'Peggy', 'Olson', 'publisher'),
  person(7, 'Pete', 'Campbell', 'viewer'),
  person(8, 'Ken', 'Cosgrove', 'viewer'),
  person(9, 'Harry', 'Crane', 'publisher'),
  person(10, 'Stan', 'Rizzo', 'viewer'),
  person(11, 'Michael', 'Ginsberg', 'viewer'),
  person(12, 'Dawn', 'Chambers', 'publisher'),
]

export interface Portal {
  uid: string
  title: string
  description: string
}

export interface Content {
  uid: string
  title: string
  created_at: string
  updated_at: string
}

export const portals: readonly Portal[] = [
  { uid: 'client-revenue', title: 'Client Revenue', description: 'Billings by client and office' },
  { uid: 'media', title: 'Media', description: 'Spend and reach by channel' },
  { uid: 'people', title: 'People', description: 'Hours, leave and hiring' },
]

/** It exists, but Joan has no access to it. */
export const closedPortalUid = 'partners'

/** New contents for each sandbox, since publishing changes them. */
export function sampleContents(): Record<string, Content[]> {
  return {
    'client-revenue': [
      content(1, 'Billings by Client', '2013-09-02T08:30:00Z', '2013-10-28T06:00:00Z'),
      content(2, 'New Business Pipeline', '2013-09-16T13:05:00Z', '2013-10-25T17:40:00Z'),
      content(3, 'Quarterly Forecast', '2013-10-01T09:00:00Z', '2013-10-21T11:15:00Z'),
    ],
    media: [
      content(4, 'Television Spend', '2013-08-12T10:20:00Z', '2013-10-27T06:00:00Z'),
      content(5, 'Print and Radio Reach', '2013-08-19T15:45:00Z', '2013-10-20T06:00:00Z'),
    ],
    people: [content(6, 'Billable Hours', '2013-07-08T07:50:00Z', '2013-10-28T05:30:00Z')],
  }
}

function person(
  number: number,
  given_name: string,
  family_name: string,
  role: Person['role'],
): Person {
  const primary_email = `${given_name.toLowerCase()}@scdp.com`
  return { uid: uid('5016b62b', number), given_name, family_name, primary_email, role }
}

function content(number: number, title: string, created_at: string, updated_at: string): Content {
  return { uid: uid('5224b3e8', number), title, created_at, updated_at }
}

function uid(family: string, number: number): string {
  return `${family}9a5cd7a4${number.toString(16).padStart(8, '0')}`
}
