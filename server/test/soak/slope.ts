export interface Point {
  readonly x: number
  readonly y: number
}

/** Of the line that lies nearest to the points, by least squares. 0 where they do not tell. */
export function slope(points: readonly Point[]): number {
  const { x, y } = meanOf(points)
  let along = 0
  let square = 0
  for (const point of points) {
    along += (point.x - x) * (point.y - y)
    square += (point.x - x) ** 2
  }
  return square === 0 ? 0 : along / square
}

/**
 * How sure that slope is: its standard error, by the means of so many stretches of equal length. Single points would make
 * it too small, since each is much like the one before.
 */
export function slopeError(points: readonly Point[], stretches: number): number {
  const first = Math.min(...points.map(({ x }) => x))
  const length = (Math.max(...points.map(({ x }) => x)) - first) / stretches
  const groups = Map.groupBy(points, ({ x }) => Math.min(stretches - 1, Math.floor((x - first) / length)))
  const means = [...groups.values()].map(meanOf)
  if (means.length < 3) return Number.POSITIVE_INFINITY
  const rise = slope(means)
  const middle = meanOf(means)
  const apart = means.reduce((sum, { x, y }) => sum + (y - middle.y - rise * (x - middle.x)) ** 2, 0)
  const square = means.reduce((sum, { x }) => sum + (x - middle.x) ** 2, 0)
  return Math.sqrt(apart / (means.length - 2) / square)
}

function meanOf(points: readonly Point[]): Point {
  const sum = points.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 })
  return { x: sum.x / points.length, y: sum.y / points.length }
}
