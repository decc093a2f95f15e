/** The first of many in an order, in that order, without sorting the others. */
export function firstOf<T>(all: Iterable<T>, most: number, compare: (one: T, other: T) => number): T[] {
  if (most <= 0) return []
  /** A heap: none comes after its parent. */
  const heap: T[] = []
  for (const one of all) {
    if (heap.length < most) {
      heap.push(one)
      up(heap, compare)
    } else if (compare(one, heap[0] as T) < 0) {
      heap[0] = one
      down(heap, compare)
    }
  }
  return heap.sort(compare)
}

function up<T>(heap: T[], compare: (one: T, other: T) => number): void {
  let at = heap.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (compare(heap[at] as T, heap[parent] as T) <= 0) return
    swap(heap, at, parent)
    at = parent
  }
}

function down<T>(heap: T[], compare: (one: T, other: T) => number): void {
  for (let at = 0; ; ) {
    const child = 2 * at + 1
    if (child >= heap.length) return
    const isRight = child + 1 < heap.length && compare(heap[child + 1] as T, heap[child] as T) > 0
    const last = isRight ? child + 1 : child
    if (compare(heap[last] as T, heap[at] as T) <= 0) return
    swap(heap, at, last)
    at = last
  }
}

function swap<T>(heap: T[], one: number, other: number): void {
  const kept = heap[one] as T
  heap[one] = heap[other] as T
  heap[other] = kept
}

/** The value that comes at that place of an order, counted from 1; the last one where there are fewer. */
export function valueAt(values: Float64Array, place: number, isDown: boolean): number {
  const sign = isDown ? -1 : 1
  const heap = new Float64Array(Math.min(place, values.length))
  for (let at = 0; at < heap.length; at++) heap[at] = sign * (values[at] ?? 0)
  heap.sort().reverse()
  for (let at = heap.length; at < values.length; at++) {
    const value = sign * (values[at] ?? 0)
    if (value < (heap[0] ?? 0)) sink(heap, value)
  }
  return sign * (heap[0] ?? 0)
}

function sink(heap: Float64Array, value: number): void {
  let at = 0
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && (heap[child + 1] ?? 0) > (heap[child] ?? 0)) child++
    const below = heap[child] ?? 0
    if (below <= value) break
    heap[at] = below
    at = child
  }
  heap[at] = value
}
