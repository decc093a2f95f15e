const head = `# Benchmarks

Each part is written by a command of its own, and stays as it is when another one is.`

const begin = (suite: string): string => `<!-- ${suite} begins -->`
const end = (suite: string): string => `<!-- ${suite} ends -->`

/**
 * The page with the section of a suite, which takes the place of what the page had of that suite. The sections of others
 * stay, in the order of `suites`. @param before undefined: there is no page yet
 */
export function pageWith(
  before: string | undefined,
  { suite, section }: { readonly suite: string; readonly section: string },
  suites: readonly string[],
): string {
  const known = new Map(suites.map((name) => [name, sectionIn(before ?? '', name)]))
  known.set(suite, section)
  const sections = Array.from(known, ([name, text]) => {
    return text === undefined ? [] : [begin(name), text, end(name)]
  })
  return `${[head, ...sections.flat()].join('\n\n')}\n`
}

function sectionIn(page: string, suite: string): string | undefined {
  const [from, to] = [page.indexOf(begin(suite)), page.indexOf(end(suite))]
  return from === -1 || to < from ? undefined : page.slice(from + begin(suite).length, to).trim()
}
