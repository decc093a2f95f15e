export type Grade = 1 | 2 | 3
/** By name; what is not in it is graded 0. */
export type Grades = Readonly<Record<string, Grade>>

export const ndcgDepth = 10
export const recallDepth = 50

/**
 * Normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002) of the first ten, with the gain 2^grade - 1 and the
 * discount log2(place + 1). 1 is the best order that the grades allow, 0 an answer without anything of use, or none.
 */
export function ndcg(answer: readonly string[], grades: Grades, depth: number = ndcgDepth): number {
  const best = Object.values(grades).sort((a, b) => b - a)
  const ideal = discounted(best.slice(0, depth))
  if (ideal === 0) return 0
  return discounted(eachOnce(answer, depth).map((name) => gradeOf(name, grades))) / ideal
}

/** The share of all that is graded at all, 1 or better, which is among the first fifty. */
export function recall(answer: readonly string[], grades: Grades, depth: number = recallDepth): number {
  const all = Object.keys(grades).length
  if (all === 0) return 0
  return eachOnce(answer, depth).filter((name) => gradeOf(name, grades) > 0).length / all
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

function gradeOf(name: string, grades: Grades): number {
  return Object.hasOwn(grades, name) ? (grades[name] ?? 0) : 0
}

function discounted(grades: readonly number[]): number {
  return grades.reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0)
}

/** A name that is given twice takes two places, and counts once. */
function eachOnce(answer: readonly string[], depth: number): readonly string[] {
  const seen = new Set<string>()
  return answer.slice(0, depth).map((name) => {
    if (seen.has(name)) return ''
    seen.add(name)
    return name
  })
}
