export interface Point {
  readonly x: number
  readonly y: number
}

/** Of the line that lies nearest to the points, by least squares. 0 where they do not tell. */
export function slope(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const x = mean((point) => point.x)
  const y = mean((point) => point.y)
  let along = 0
  let square = 0
  for (const point of points) {
    along += (point.x - x) * (point.y - y)
    square += (point.x - x) ** 2
  }
  return square === 0 ? 0 : along / square
}
