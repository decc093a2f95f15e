interface Gone {
  /** As it stood in a file. */
  readonly key: string
  readonly variable: string
  /** What is there in its place. */
  readonly instead: string
}

/** Settings of earlier releases: whoever has one still is told what to do, and not which name is like it. */
const gone: readonly Gone[] = [
  {
    key: 'access.firstUser',
    variable: 'LADING_ACCESS_FIRST_USER',
    instead:
      'the first account is made by a link that the start prints, or by access.administrator (LADING_ACCESS_ADMINISTRATOR), which wants what `lading passwd <name> --json` prints',
  },
]

/** What to say of a setting, or a variable, that was one. undefined: it never was. */
export function goneSetting(name: string): string | undefined {
  const found = gone.find(({ key, variable }) => name === key || name === variable)
  return found && `${found.key} is there no more, take it out: ${found.instead}`
}
