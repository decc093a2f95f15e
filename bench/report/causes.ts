import { readFile } from 'node:fs/promises'

/** By the name of what was measured: why its goal is missed, in Markdown. */
export type Causes = ReadonlyMap<string, string>

/** What stands of a missed goal that nobody has explained. */
export const unexplained = 'not explained yet'

/**
 * The file of causes, written by hand: a heading `## <name>` for a missed goal, or for several where a `*` in it stands for
 * anything, and below it what the profile showed and what was tried. Where several fit, the one with the longest heading
 * counts. Throws where a heading names nothing that is measured, which a renamed row would leave behind.
 */
export async function readCauses(path: string, names: readonly string[]): Promise<Causes> {
  return causesIn(await readFile(path, 'utf8'), names)
}

export function causesIn(text: string, names: readonly string[]): Causes {
  const [, ...sections] = text.split(/^## /m)
  const causes = sections.map((section): [string, string] => {
    const end = section.indexOf('\n')
    return end === -1 ? [section.trim(), ''] : [section.slice(0, end).trim(), section.slice(end).trim()]
  })
  causes.sort(([one], [other]) => one.length - other.length)
  const found = new Map<string, string>()
  for (const [heading, cause] of causes) {
    const named = names.filter((name) => fits(heading, name))
    if (named.length === 0) throw new Error(`a cause of what is not measured: ${heading}`)
    if (cause === '') throw new Error(`no cause below the heading ${heading}`)
    for (const name of named) found.set(name, cause)
  }
  return found
}

function fits(heading: string, name: string): boolean {
  const parts = heading.split('*')
  const [first = ''] = parts
  if (parts.length === 1) return heading === name
  const last = parts.at(-1) ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const next = name.indexOf(part, at)
    if (next === -1 || next + part.length > name.length - last.length) return false
    at = next + part.length
  }
  return true
}
